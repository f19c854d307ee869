"""What of a page comes after its first message."""

import panel as pn

from dashboards.pages.arrival import Arrival


def test_parts_follow_one_by_one_in_their_order():
    arrival, changes = Arrival(is_served=True), []
    form, curves = pn.pane.HTML("form"), pn.pane.HTML("curves")
    places = [arrival.later(form), arrival.later(curves)]
    arrival.begin(changes.append)
    seen = [[list(place.objects) for place in places]]
    while changes:
        changes.pop(0)()
        seen.append([list(place.objects) for place in places])
    assert seen == [[[], []], [[form], []], [[form], [curves]]]


def test_where_no_server_sends_them_parts_are_in_their_place_at_once():
    arrival, form, changes = Arrival(is_served=False), pn.pane.HTML("form"), []
    assert arrival.later(form) is form
    arrival.begin(changes.append)
    assert not changes
