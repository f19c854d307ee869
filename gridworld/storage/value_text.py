"""Action values written as text: by this program, numpy.savetxt, pandas, or a spreadsheet."""

from __future__ import annotations

import csv
import re

import numpy as np

from gridworld.errors import CheckpointError
from gridworld.worlds.problem import Problem

STATE_COLUMNS = ["state", "name"]
_BYTES_A_CELL = 200  # at most on the average, the names of states included
_COMMA_NUMBER = re.compile(r"[+-]?\d*,?\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


def parse_values(content: bytes, problem: Problem) -> tuple[list[str], np.ndarray]:
    """Return the comments of a text, and its action values, float64 [S, A].

    A row a state in the order of the states; before the values there may be the state's number, and its name; above
    them the names of the actions, in any order, or their numbers. Cells are separated by commas, semicolons, tabs or
    blanks. A comma is a decimal comma where it can be nothing else. Blank lines, and lines that begin with #, are left
    out.

    Raises
    ------
    CheckpointError
        `too_large`, `not_a_checkpoint`, `shape` or `damaged`.
    """
    comments, lines = _lines(content, problem)
    rows = _cells(lines)
    header, rows = _without_header(rows, problem)
    wanted = (problem.n_states, problem.n_actions)
    if not any(_is_number(cell) for row in rows for cell in row):
        raise CheckpointError("shape", _no_table(content, wanted))
    width = len(rows[0]) if rows else 0
    if len(rows) != wanted[0] or width - wanted[1] not in range(len(STATE_COLUMNS) + 1):
        shape = (len(rows), width)
        raise CheckpointError("shape", f"The text is a table of the shape {shape}; {problem.name!r} needs {wanted}.")
    order, before = _order(header, problem), width - problem.n_actions
    comma = _has_decimal_comma(rows, before)
    return comments, np.array([_row(row, state, width, before, comma) for state, row in enumerate(rows)])[:, order]


def _no_table(content: bytes, wanted: tuple[int, int]) -> str:
    """Return what to do with a text without a number in it."""
    what = "This text has no numbers" if content.strip() else "The file is empty"
    return f"{what}; action values are a table of the shape {wanted}. The text of a world is loaded in the editor."


def _lines(content: bytes, problem: Problem) -> tuple[list[str], list[str]]:
    """Return the comments and the lines with cells, once the text is no longer than such a table can be."""
    most = (1 << 16) + (problem.n_states + 1) * (problem.n_actions + len(STATE_COLUMNS)) * _BYTES_A_CELL
    if len(content) > most:
        raise CheckpointError(
            "too_large", f"The text has {len(content):,} bytes; the values of {problem.name!r} have {most:,} at most."
        )
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CheckpointError(
            "not_a_checkpoint",
            "This is neither npz, npy nor text; save the action values with numpy.save('values.npy', Q), where Q has "
            f"the shape {(problem.n_states, problem.n_actions)}.",
        ) from None
    filled = [line for line in lines if line.strip(' \t,;"')]
    comments = [line.strip('"#,; \t') for line in filled if line.lstrip('" ').startswith("#")]
    return comments, [line for line in filled if not line.lstrip('" ').startswith("#")]


def _cells(lines: list[str]) -> list[list[str]]:
    """Return the lines as rows of cells; a delimiter at the end of every line is none."""
    last = lines[-1] if lines else ""
    if "\t" in last or ";" in last:
        rows = list(csv.reader(lines, delimiter="\t" if "\t" in last else ";"))
    elif "," not in last or (" " in last and all(_COMMA_NUMBER.fullmatch(word) for word in last.split())):
        rows = [line.split() for line in lines]
    else:
        rows = list(csv.reader(lines, skipinitialspace=True))
    if rows and all(row and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    return [[cell.strip() for cell in row] for row in rows]


def _without_header(rows: list[list[str]], problem: Problem) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, an empty list where there are none, and the other rows."""
    if not rows:
        return [], rows
    values = rows[0][-problem.n_actions :]
    numbers = values == [str(action) for action in range(problem.n_actions)]
    if not all(_is_number(cell) for cell in values) or (numbers and len(rows) == problem.n_states + 1):
        return [] if numbers else values, rows[1:]
    return [], rows


def _order(header: list[str], problem: Problem) -> list[int]:
    """Return the column of each action's values."""
    if not header:
        return list(range(problem.n_actions))
    if sorted(header) != sorted(problem.actions):
        columns = ", ".join([*STATE_COLUMNS, *problem.actions])
        raise CheckpointError("shape", f"The columns must be {columns}; the first two may be missing.")
    return [header.index(action) for action in problem.actions]


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _has_decimal_comma(rows: list[list[str]], before: int) -> bool:
    """Return whether numbers are written with a decimal comma; refuse those that can be read in two ways."""
    cells = [cell for row in rows for cell in row[before:]]
    commas = [cell for cell in cells if "," in cell]
    if not commas:
        return False
    if any("." in cell for cell in cells) or all(_THOUSANDS.fullmatch(cell) for cell in commas):
        raise CheckpointError(
            "damaged", f"The number {commas[0][:40]!r} can be read in two ways; write numbers with a decimal point."
        )
    return True


def _row(cells: list[str], state: int, width: int, before: int, comma: bool) -> list[float]:
    """Return the values of a state, from cells of which the first ones may be its number and its name."""
    try:
        if len(cells) != width or (before and int(cells[0]) != state):
            raise ValueError
        return [float(cell.replace(",", ".") if comma else cell) for cell in cells[before:]]
    except ValueError:
        raise CheckpointError("damaged", f"The line of state {state} is not its number, name and values.") from None
