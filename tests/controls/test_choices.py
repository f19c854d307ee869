"""The list of worlds says what each is about, in few words."""

from dashboards.controls.choices import ABOUT, OTHER, about, world_groups
from gridworld.storage.world_files import keep_world

LONGEST = 40  # characters: one line of a phone


def test_each_world_of_the_list_has_a_few_words_about_it():
    groups = world_groups()
    groups.pop("My worlds", None)
    for group in groups.values():
        for name, world in group.items():
            assert " – " in name or world == OTHER
            assert len(name) <= LONGEST


def test_a_world_of_ones_own_keeps_its_title_and_never_hides_another(registries):
    from gridworld.worlds.named import register_world

    text = "title: Easy 5 × 5\n\nS.G"
    register_world("mine", text)
    register_world("mine_too", text)
    assert world_groups()["My worlds"] == {"Easy 5 × 5 (mine)": "mine", "Easy 5 × 5 (mine_too)": "mine_too"}


def test_a_kept_world_is_listed_under_the_name_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_WORLDS", str(tmp_path))
    keep_world("corridor", "title: Long way\n\nS.G\n")
    keep_world("again", "title: Long way\n\nS..G\n")
    keep_world("lane", "S...G\n")
    assert list(world_groups()["My worlds"]) == ["again – Long way", "corridor – Long way", "lane"]


def test_a_world_with_options_is_about_what_it_is_about_without_them():
    assert about("cliff?step_limit=100") == about("cliff")
    assert about("CliffWalking-v1?is_slippery=true") != about("CliffWalking-v1")
    assert about("open_7?slip=0.1") == about("open_30")
    assert about("Strange-v0?size=3") == ABOUT[OTHER][1]
    assert about("S.G?\n...") == "A world of your own."
