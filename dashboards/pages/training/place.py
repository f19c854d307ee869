"""How a state is named in a field: by row and column on a map, by its number elsewhere."""

from __future__ import annotations

from gridworld.worlds.problem import Problem

LONGEST = 9  # digits of a number that is read


def has_rows(problem: Problem) -> bool:
    """Return whether states are named by row and column."""
    return bool(problem.layouts) and problem.layouts[0][1].panels == 1


def written_place(problem: Problem, state: int) -> str:
    """Return what names a state."""
    if not has_rows(problem):
        return str(state)
    layout = problem.layouts[0][1]
    cell = int(layout.cell_of(problem.n_states)[state])
    return f"{cell // layout.columns}, {cell % layout.columns}"


def read_place(problem: Problem, text: str) -> int:
    """Return the state that a text names.

    Raises
    ------
    ValueError
        In one sentence, if it names none.
    """
    parts, is_map = text.replace(",", " ").split(), has_rows(problem)
    if not all(part.isdecimal() and len(part) <= LONGEST for part in parts) or len(parts) != (2 if is_map else 1):
        wanted = "two whole numbers, such as 2, 3" if is_map else "one whole number"
        raise ValueError(f"“{text[:40]}” names no {'cell' if is_map else 'state'}; write {wanted}.")
    numbers = [int(part) for part in parts]
    if not is_map:
        if numbers[0] >= problem.n_states:
            raise ValueError(f"There is no state {numbers[0]}; the states are 0 to {problem.n_states - 1:,}.")
        return numbers[0]
    layout = problem.layouts[0][1]
    if numbers[0] >= layout.rows or numbers[1] >= layout.columns:
        raise ValueError(
            f"There is no cell {numbers[0]}, {numbers[1]}; rows are 0 to {layout.rows - 1}, columns 0 to "
            f"{layout.columns - 1}."
        )
    state = int(layout.states[0, numbers[0], numbers[1]])
    if state < 0:
        raise ValueError(f"The cell {numbers[0]}, {numbers[1]} is not a state of this world; choose another one.")
    return state
