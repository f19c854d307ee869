"""The tools of the palette: what each makes of the cells of a stroke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridworld.errors import WorldError
from gridworld.worlds.checks import MAX_REWARD, plain
from gridworld.worlds.edit import Cell, link, paint, pay
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.world import Draft

JUMP, REWARD = "Jump", "Reward"
KINDS = {
    "Floor": SYMBOLS["."],
    "Wall": SYMBOLS["#"],
    "Start": SYMBOLS["S"],
    "Goal": SYMBOLS["G"],
    "Pit": SYMBOLS["P"],
    "Cliff": SYMBOLS["C"],
}
TOOLS = (*KINDS, JUMP, REWARD)
HINTS = {
    JUMP: "Click the cell that the jump begins in, then the cell that it leads to.",
    REWARD: "Click or drag: the cells get the reward below, which entering them pays.",
}


def hint_of(tool: str) -> str:
    """Return what to do with a tool, in a sentence."""
    return HINTS.get(tool, f"Click or drag over the board: the cells become {tool.lower()}.")


def read_reward(text: str) -> float | None:
    """Return the reward that was typed; None for nothing.

    Raises
    ------
    WorldError
        In one sentence, if it is no number, or out of range.
    """
    typed = text.strip().replace("−", "-")
    if not typed:
        return None
    try:
        reward = float(typed)
    except ValueError:
        reward = float("nan")
    if not -MAX_REWARD <= reward <= MAX_REWARD:
        raise WorldError(
            f"The reward is {text.strip()[:40]!r}; it must be a number from {plain(-MAX_REWARD)} to "
            f"{plain(MAX_REWARD)}, or empty for the usual one."
        )
    return reward + 0.0


@dataclass(frozen=True)
class Brush:
    """A tool with the reward that goes with it, and for a jump the cell that it begins in, once that is known."""

    tool: str = "Wall"
    reward: float | None = None
    origin: Cell | None = None

    def applied(self, draft: Draft, cells: Sequence[Cell], at: int) -> Draft:
        """Return the draft after a stroke over cells of a map. Raises WorldError for a jump that can't be."""
        if self.tool == REWARD:
            return pay(draft, cells, self.reward, at)
        if self.tool == JUMP:
            return draft if self.origin is None or not cells else link(draft, self.origin, cells[-1], self.reward, at)
        return paint(draft, cells, self._symbol(draft), at)

    def _symbol(self, draft: Draft) -> Symbol:
        """Return what is painted: what the letter of the kind stands for in this world, unless a reward is given."""
        usual = KINDS[self.tool]
        letter = next(letter for letter, symbol in SYMBOLS.items() if symbol == usual)
        own = dict(draft.symbols).get(letter, usual)
        symbol = own if own.kind is usual.kind else usual
        if self.reward is None or symbol.kind is Kind.WALL:
            return symbol
        return Symbol(symbol.kind, self.reward)
