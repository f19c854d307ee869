"""An edit waits for the world it needs, and only the last of several is attempted."""

from dashboards.controls.loading import Loading


def loading_by_hand():
    """A form's loading, the works that it waits for, what was attempted, and whether it showed that it waits."""
    waiting, attempted, shown = [], [], []
    loading = Loading(lambda work, then: waiting.append((work, then)), shown.append)
    return loading, waiting, attempted, shown


def test_the_last_of_several_edits_counts_whichever_world_is_there_first():
    loading, waiting, attempted, shown = loading_by_hand()
    for name in ("large", "small"):
        loading.before(lambda name=name: name, lambda name=name: attempted.append(name))
    assert [work() for work, _ in waiting] == ["large", "small"]
    for _, then in reversed(waiting):
        then()
    assert attempted == ["small"]
    assert shown == [True, True, False]


def test_what_is_there_at_once_shows_no_waiting():
    attempted, shown = [], []
    loading = Loading(lambda work, then: then(), shown.append)
    loading.before(lambda: None, lambda: attempted.append("small"))
    assert (attempted, shown) == (["small"], [False])


def test_what_is_pressed_while_a_world_is_loaded_concerns_that_world():
    loading, waiting, done, _ = loading_by_hand()
    loading.after(lambda: done.append("pressed before"), lambda act: act())
    loading.before(lambda: None, lambda: done.append("chosen"))
    loading.after(lambda: done.append("pressed"), lambda act: act())
    assert done == ["pressed before"]
    waiting[0][1]()
    assert done == ["pressed before", "chosen", "pressed"]
