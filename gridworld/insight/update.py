"""An update of an action value as an equation, read off from what a step wrote."""

from __future__ import annotations

from dataclasses import dataclass

from gridworld.insight.numbers import CONSTANT, READ, Number, Write
from gridworld.insight.traced_step import REWARD, TracedStep

Pair = tuple[int, int]
"""A state and an action."""


@dataclass(frozen=True)
class Target:
    """What an update moved a value towards: rewards, discounted, and the value that followed them."""

    rewards: tuple[float, ...]
    discount: float
    next_value: float  # 0 where the episode had terminated
    next_pair: Pair | None  # whose value that was, of an expectation its largest; None where nothing followed
    is_expected: bool = False  # whether the next value is an expectation over actions
    bonus: float = 0.0  # of Dyna-Q+, for an action not tried for a long time
    terminated: bool = False  # whether nothing followed

    @property
    def value(self) -> float:
        """The target from its parts, with the bits it had."""
        value = self.next_value
        for reward in reversed(self.rewards):
            value = reward if self.terminated and value == 0 else reward + self.discount * value
        return self.bonus + value if self.bonus else value


@dataclass(frozen=True)
class Terms:
    """new = old + step size x (target - compared) x trace, in one table."""

    table: str  # "Q", or that of the twins which learned: "Q₁", "Q₂"
    old: float
    step_size: float
    target: Target
    compared: float  # the value the target is compared with: `old`, or with traces that of the action taken
    trace: float | None = None
    other: float | None = None  # the value in the other twin; Q is their mean

    @property
    def td_error(self) -> float:
        """The target less the value it is compared with."""
        return self.target.value - self.compared

    @property
    def learned(self) -> float:
        """The new value in the table that learned, with the bits it got."""
        change = self.step_size * self.td_error
        return self.old + (change if self.trace is None else change * self.trace)

    @property
    def new(self) -> float:
        """The new action value from its parts, with the bits it got."""
        return self.learned if self.other is None else (self.learned + self.other) * 0.5


@dataclass(frozen=True)
class Update:
    """One change of an action value: when, from what to what, and why.

    `terms` is None where the agent's rule has a form of its own.
    """

    step: int  # counted from 1
    episode: int  # counted from 1
    state: int
    action: int
    taken: Pair  # the state and the action of the step
    order: int  # among the updates of that step, counted from 1
    updates: int  # in that step
    old: float
    new: float
    terms: Terms | None

    @property
    def pair(self) -> Pair:
        """The state and the action whose value changed."""
        return self.state, self.action

    @property
    def is_direct(self) -> bool:
        """Whether the step updated the action just taken by it, and not by planning."""
        has_trace = self.terms is not None and self.terms.trace is not None
        return self.pair == self.taken and (self.order == 1 or has_trace)


def last_update(traced: TracedStep, pair: Pair, before: int | None = None) -> Update | None:
    """Return the last change of Q(pair) in a step; with `before`, of those that came before the update of this order.

    None if there is none.
    """
    changes = [i for i, write in enumerate(traced.writes) if write.table == "Q"]
    for order in range(len(changes) if before is None else before - 1, 0, -1):
        write = traced.writes[changes[order - 1]]
        if write.place == pair and write.old != write.new:
            terms = _terms(write, traced.writes[: changes[order - 1]])
            step = traced.step, traced.episode, *pair, (traced.state, traced.action), order, len(changes)
            return Update(*step, float(write.old), float(write.new), terms)
    return None


def _terms(write: Write, earlier: list[Write]) -> Terms | None:
    """Take apart the number that was written; None if it has another form."""
    number = write.new
    match _parts(number, "*"):
        case Number() as total, half if half == 0.5 and (twins := _parts(total, "+")):
            return _twin_terms(twins, earlier)
    return _of_sum(number, write, "Q")


def _twin_terms(twins: tuple, earlier: list[Write]) -> Terms | None:
    """Return the terms of the twin that learned: it was written last before their mean."""
    learned = earlier[-1]
    for twin, other in (twins, twins[::-1]):
        if twin.is_read("twins") and twin.parts[1] == learned.place:
            terms = _of_sum(learned.new, learned, "Q₁" if learned.place[0] % 2 == 0 else "Q₂")
            return None if terms is None else Terms(**{**vars(terms), "other": float(other)})
    return None


def _of_sum(number: float, write: Write, table: str) -> Terms | None:
    """Return the terms of old + step size x error, or old + step size x error x trace."""
    old, change = _parts(number, "+") or (None, None)
    if not (isinstance(old, Number) and old.is_read(write.table) and old.parts[1] == write.place):
        return None
    factors = _parts(change, "*")
    trace = None
    if factors and (inner := _parts(factors[0], "*")) and not _parts(factors[1], "-"):
        factors, trace = inner, float(factors[1])
    error = _parts(factors[1], "-") if factors else None
    target = _target(error[0]) if error else None
    if factors is None or error is None or target is None:
        return None
    return Terms(table, float(write.old), float(factors[0]), target, float(error[1]), trace)


def _target(number: float) -> Target | None:
    """Return the target that a number is: reward + discount x (reward + discount x ...), perhaps below a bonus."""
    rewards: list[float] = []
    discount, bonus = 1.0, 0.0
    while parts := _parts(number, "+"):
        first, rest = parts
        product = _parts(rest, "*")
        if product and _is_discount(product[0]):
            rewards.append(float(first))
            discount, number = float(product[0]), product[1]
            if not (parts := _parts(number, "+")) or not _is_reward(parts[0]):
                return _ended(tuple(rewards), discount, number, bonus)
        elif rewards:
            return None
        else:
            bonus, number = float(first), rest
    if not _is_reward(number):
        return None
    return Target((*rewards, float(number)), discount, 0.0, None, bonus=bonus, terminated=True)


def _ended(rewards: tuple[float, ...], discount: float, number: float, bonus: float) -> Target:
    """Return the target that ends with a next value; where the episode terminates the rule has a plain 0."""
    if not isinstance(number, Number):
        return Target(rewards, discount, float(number), None, bonus=bonus, terminated=True)
    values = _values_in(number)
    pair = _pair(max(values)) if values else None
    return Target(rewards, discount, float(number), pair, number is not next(iter(values), None), bonus)


def _values_in(number: Number) -> list[Number]:
    """Return the action values that a number was computed from."""
    found, waiting = [], [number]
    while waiting:
        part = waiting.pop()
        if part.is_read("Q", "twins"):
            found.append(part)
        elif part.sign not in (READ, CONSTANT):
            waiting += [inner for inner in part.parts if isinstance(inner, Number)]
    return found


def _parts(number: float | None, sign: str) -> tuple | None:
    return number.parts if isinstance(number, Number) and number.sign == sign else None


def _is_discount(number: float) -> bool:
    return isinstance(number, Number) and number.sign == CONSTANT and number.parts == ("discount",)


def _is_reward(number: float) -> bool:
    """Return whether a number is a reward: of this step, of a step kept in a table, or of a model."""
    return isinstance(number, Number) and number.is_read(REWARD, "rewards", "reward")


def _pair(value: Number) -> Pair:
    """Return the state and the action whose value a number is."""
    table, (row, action) = value.parts
    return row if table == "Q" else row // 2, action
