"""The events of a run: one movement of a slider is one event."""

from gridworld.runs.journal import Journal


def texts(journal: Journal) -> list[str]:
    return [event.text for event in journal.events]


def test_quick_changes_of_the_same_thing_are_one_event_and_the_last_value_stands():
    journal = Journal()
    for moment in range(10):
        journal.note("configured", f"α = {moment}", "step_size", now=1.5 * moment)
    assert texts(journal) == ["α = 9"]


def test_changes_after_a_pause_of_something_else_or_after_another_event_stay():
    journal = Journal()
    journal.note("configured", "α = 1", "step_size", now=0.0)
    journal.note("configured", "α = 2", "step_size", now=2.5)
    journal.note("configured", "γ = 1", "discount", now=2.6)
    journal.note("configured", "α = 3", "step_size", now=2.7)
    journal.note("pause", "Pause", now=2.8)
    journal.note("pause", "Pause", now=2.8)
    journal.note("configured", "α = 4", "step_size", now=2.9)
    assert texts(journal) == ["α = 1", "α = 2", "γ = 1", "α = 3", "Pause", "Pause", "α = 4"]
