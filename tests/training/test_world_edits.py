"""The world is edited during a run: tables stay, it holds from the next episode on, and all of it is replayed."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from dashboards.style.formatting import changes_text
from gridworld import Intervention
from gridworld.agents import AGENTS
from gridworld.errors import CheckpointError, WorldError
from gridworld.insight.past import Past
from gridworld.runs.commands import Edit, Load, Start, Step
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.storage.exports import recipe
from gridworld.storage.keyframes import Keyframes, fork
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.edit import add_row, drafted, paint, redefine
from gridworld.worlds.layout import Kind
from gridworld.worlds.named import load_world
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.text import format_world, parse_draft


def walled(world: str = "medium", *cells: tuple[int, int]) -> str:
    """The text of a named world with more walls."""
    return format_world(paint(drafted(load_world(world)), cells, SYMBOLS["#"]))


WALL = walled("medium", (2, 0), (2, 3))


def edited(steps: tuple[int, int, int] = (300, 400, 500), **fields) -> TrainingSession:
    """A run whose world was edited twice, the second time back."""
    session = TrainingSession(**{"world": "medium", "episodes": 0, "seed": 4, **fields})
    session.advance(steps[0])
    session.configure({"world": WALL})
    session.advance(steps[1])
    numbers = {"epsilon": 0.3} if "epsilon" in session.agent.live else {}
    session.configure({"world": walled(), **numbers})
    session.advance(steps[2])
    return session


def test_an_edit_holds_from_the_next_episode_on_and_tables_stay():
    session = TrainingSession(world="medium", episodes=0)
    session.advance(40)
    assert session.frame().scene.episode_step > 0
    values = session.tables.Q.copy()
    session.configure({"world": WALL})
    np.testing.assert_array_equal(session.tables.Q, values)
    assert session.problem.world == load_world("medium")
    assert session.pending == {"world": WALL}
    ended = session.episode + 1
    session.advance_episodes(1)
    session.advance(1)
    assert format_world(session.problem.world) == WALL
    assert [(change.episode, list(change.changes)) for change in session.interventions] == [(ended, ["world"])]
    before = session.tables.N.sum()
    session.advance(5_000)
    assert session.tables.N.sum() == before + 5_000
    visits = session.tables.N.sum(1).reshape(5, 5)
    session.configure({"world": WALL})
    session.advance_episodes(3)
    assert len(session.interventions) == 1, "the same world again is no edit"
    assert session.tables.N.sum(1).reshape(5, 5)[2, 0] == visits[2, 0], "nothing walks through the new wall"


@pytest.mark.parametrize("agent", AGENTS)
def test_compiled_and_plain_agree_bit_for_bit(agent, assert_same):
    assert_same(edited(agent=agent), edited(agent=agent, compiled=False))


def test_a_model_and_a_real_environment_agree_bit_for_bit(assert_same):
    assert_same(edited(compiled=False), edited(compiled=False, stepped=True))


def test_a_changing_world_stays_at_its_step_when_it_is_edited(assert_same):
    def run(**how):
        session = TrainingSession(world="blocking_maze", episodes=0, **how)
        session.advance(700)
        text = format_world(paint(drafted(load_world("blocking_maze")), [(1, 4)], SYMBOLS["#"], at=1))
        session.configure({"world": text})
        session.advance(900)
        return session

    one = run(compiled=False)
    assert one.scene().phase == 1
    assert_same(one, run())
    assert_same(one, run(compiled=False, stepped=True))


@pytest.mark.parametrize("compiled", [True, False])
def test_it_is_replayed_saved_pickled_and_sliced_bit_for_bit(compiled, assert_same):
    session = edited()
    replayed = TrainingSession.replay(session.settings, session.interventions, session.step, compiled=compiled)
    assert_same(session, replayed)
    loaded = from_bytes(to_bytes(session), compiled=compiled)
    assert loaded.interventions == session.interventions
    again = pickle.loads(pickle.dumps(session))
    sliced = TrainingSession(world="medium", episodes=0, seed=4)
    for intervention in session.interventions:
        while sliced.step < intervention.step:
            sliced.advance(min(7, intervention.step - sliced.step))
        sliced.configure(intervention.changes)
    while sliced.step < session.step:
        sliced.advance(min(13, session.step - sliced.step))
    for other in (loaded, again, sliced):
        assert_same(session, other)
    for other in (session, replayed, loaded, again, sliced):
        other.advance(1_000)
        assert_same(session, other)


def test_a_waiting_edit_is_saved_too(assert_same):
    session = TrainingSession(world="medium", episodes=0)
    session.advance(40)
    session.configure({"world": WALL})
    loaded = from_bytes(to_bytes(session))
    assert loaded.pending == {"world": WALL}
    for run in (session, loaded):
        run.advance(500)
    assert_same(session, loaded)
    assert loaded.problem.world == session.problem.world != load_world("medium")


def test_the_recipe_makes_an_edited_run_again(assert_same):
    session = edited()
    names: dict = {}
    exec(recipe(session), names)
    assert_same(session, names["session"])


def test_keyframes_before_and_after_an_edit_go_on_as_the_run_did(assert_same):
    session, keyframes = TrainingSession(world="medium", episodes=0, seed=4), Keyframes(share=0)
    keyframes.offer(session, keep=True)
    session.advance(300)
    session.configure({"world": WALL})
    keyframes.offer(session, keep=True)
    session.advance(400)
    keyframes.offer(session, keep=True)
    end = TrainingSession.replay(session.settings, session.interventions, 2_000)
    for keyframe in list(keyframes)[1:]:
        other = fork(keyframe)
        other.advance(2_000 - other.step)
        assert_same(end, other)
    past = Past(end, keyframes)
    state, action = np.argwhere(end.tables.Q != 0)[0]
    update = past.last_update(int(state), int(action))
    assert update.new == end.tables.Q[state, action]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("easy", "the whole text of a world"),
        (7, "the whole text of a world"),
        (format_world(load_world("hard")), "values for 5 × 5 cells, and the map now has 7 × 7"),
        (format_world(add_row(drafted(load_world("medium")), 0)), "now has 6 × 5"),
        (walled("medium", (0, 1), (1, 0)), "no goal can be reached"),
        ("step limit: 9\n\n" + "\n".join(load_world("medium").maps[0][1]), "cut after no number of steps"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(text, says, assert_same):
    session, other = edited(), edited()
    with pytest.raises(WorldError, match=says):
        session.configure({"world": text, "step_size": 0.9})
    assert session.pending == {}
    for run in (session, other):
        run.advance(200)
    assert_same(session, other)


def test_another_world_than_a_grid_can_not_be_edited():
    with pytest.raises(WorldError, match="not a grid world"):
        TrainingSession(world="FrozenLake-v1").configure({"world": WALL})


def test_the_settings_in_force_are_of_the_edited_world():
    session = TrainingSession(world="medium", options={"slip": 0.25}, episodes=0)
    session.advance(10)
    text = format_world(paint(drafted(session.problem.world), [(2, 3)], SYMBOLS["#"]))
    session.configure({"world": text})
    now = session.settings_in_force
    assert (now.world, now.options) == (text, {})
    assert now.make_problem().world.slip == 0.25
    assert session.settings.world == "medium"


def test_the_number_of_edits_of_a_run_is_bounded():
    session = TrainingSession(world="medium", episodes=0)
    session.advance_episodes(1)
    session.interventions = [Intervention(0, 0, {"world": WALL})] * 1_000
    with pytest.raises(WorldError, match="1,000 edits"):
        session.configure({"world": walled()})


def polled(run: LocalRun) -> Journal:
    journal = Journal(run.streams)
    journal.add(run.poll(0.01))
    return journal


def test_a_run_follows_the_command_and_its_curves_are_marked():
    run = LocalRun(TrainingSession(world="medium", episodes=0))
    run.send(Step(episodes=2))
    while run.poll(0.05).status is Status.RUNNING:
        pass
    run.send(Edit(WALL))
    run.send(Edit(walled()))
    run.send(Edit(WALL))
    journal = polled(run)
    marks = {(change.episode, changes_text(change.changes)) for change in journal.frame.scene.interventions}
    assert journal.frame.epoch == 0
    assert journal.frame.settings.world == WALL
    assert marks == {(2, "World edited")}
    assert format_world(journal.frame.scene.problem.world) == WALL
    run.send(Start())
    run.poll(0.01)


def test_a_run_that_has_not_begun_begins_with_the_edited_world_of_any_size():
    run = LocalRun(TrainingSession(world="medium", episodes=0))
    run.send(Edit(format_world(load_world("hard"))))
    frame = polled(run).frame
    assert (frame.epoch, frame.status, run.session.problem.n_states, run.session.interventions) == (1, "ready", 49, [])
    with pytest.raises(WorldError):
        run.send(Edit("S.\n.Q"))
    assert run.session.problem.n_states == 49


def test_the_optimum_follows_an_edit_at_once():
    run = LocalRun(TrainingSession(world="medium", episodes=0))
    run.send(Step(episodes=1))
    while run.poll(0.05).status is Status.RUNNING:
        pass
    run.send(Edit(format_world(redefine(drafted(load_world("medium")), "G", Symbol(Kind.GOAL, 5.0)))))
    frame = run.poll(0.01)
    assert frame.log["evaluations"]["optimum"][-1] == pytest.approx(4.0 + 0.93)
    assert frame.episode == 1


def test_a_file_with_an_edit_that_does_not_fit_is_refused():
    session = edited()
    session.interventions[-1] = session.interventions[-1]._replace(changes={"world": format_world(load_world("hard"))})
    with pytest.raises(CheckpointError) as caught:
        from_bytes(to_bytes(session))
    assert caught.value.code == "settings"


def test_files_of_before_there_were_edits_still_load():
    for path in sorted((Path(__file__).parents[1] / "data").glob("checkpoint-v1-*.npz")):
        session = from_bytes(path.read_bytes())
        session.advance(10)


def test_a_session_goes_on_in_another_run_in_its_edited_world():
    session = edited()
    run = LocalRun(TrainingSession(world="easy"))
    run.send(Load(session))
    assert polled(run).frame.settings.world == session.settings_in_force.world


def test_the_title_is_no_rule_but_an_edit_of_it_is_kept():
    session = TrainingSession(world="medium", episodes=0)
    session.configure({"world": format_world(parse_draft(walled().replace("Medium", "Mine")))})
    assert session.problem.title == "Mine 5 × 5"
