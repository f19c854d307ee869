"""What all pages' addresses have in common."""

import pytest

from dashboards.pages.address import Reading, differing, value_like


def test_only_what_differs_is_written():
    assert differing({"seed": 3, "slip": 0.1, "bag": True}, {"seed": 3, "slip": 0.2}) == {"slip": "0.1", "bag": "True"}


@pytest.mark.parametrize("usual", [True, False, 3, 0.25, "softmax"])
def test_a_value_is_read_back_as_what_it_was(usual):
    value = value_like(usual, str(usual))
    assert (value, type(value)) == (usual, type(usual))


@pytest.mark.parametrize(("usual", "text"), [(True, "1"), (3, "3.0"), (3, "three"), (0.5, "0,5")])
def test_what_is_no_such_value_is_refused_by_its_own_text(usual, text):
    with pytest.raises(ValueError, match=f"'{text}'"):
        value_like(usual, text)


def test_a_refused_part_leaves_a_sentence_and_no_value():
    reading = Reading({"seed": "x", "population": "7"})
    taken = [reading.take(name, lambda text: value_like(1, text)) for name in ("seed", "population", "threads")]
    assert taken == [{}, {"population": 7}, {}]
    assert reading.problems == ["In the address: 'x' is not a whole number. The default is used."]
