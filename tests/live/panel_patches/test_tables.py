"""A table that a browser may not have drawn yet is sent rows and nothing that it can't take."""

import pandas as pd
from bokeh.document import Document
from bokeh.document.events import ModelChangedEvent

from dashboards.live.panel_patches.tables import PlainTable


def test_new_rows_bring_no_styles_of_cells_which_a_table_not_drawn_yet_answers_with_an_error():
    table, document, changed = PlainTable(pd.DataFrame({"a": ["1"]})), Document(), []
    document.add_root(table.get_root(document))
    document.on_change(lambda event: changed.append(event.attr) if isinstance(event, ModelChangedEvent) else None)
    for rows in (["1", "2"], [], ["3"]):
        table.value = pd.DataFrame({"a": rows})
    assert "cell_styles" not in changed
