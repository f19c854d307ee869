"""An update in words and numbers, for a page, a terminal or a notebook."""

from __future__ import annotations

from typing import NamedTuple

from gridworld.agents import Agent
from gridworld.insight.update import Target, Terms, Update
from gridworld.worlds.problem import Problem

MOST_REWARDS = 4  # of a target that are written out, the last one among them


class Line(NamedTuple):
    """One line of an equation: what it gives, how, and the same with numbers in place of the names."""

    name: str
    symbols: str
    numbers: str
    value: float


def equation(update: Update) -> list[Line]:
    """Return the lines of an update: the target, the TD error, the new value."""
    terms = update.terms
    if terms is None:
        return [Line("New value", "by a rule of its own", written(update.new), update.new)]
    target = terms.target
    compared = "old" if terms.trace is None else "Q(S, A)"
    lines = [
        Line("Target", *_target(target), target.value),
        Line(
            "TD error δ",
            f"target − {compared}",
            f"{written(target.value)} − {bracketed(terms.compared)}",
            terms.td_error,
        ),
        _change(terms),
    ]
    if terms.other is not None:
        numbers = f"({written(terms.learned)} + {bracketed(terms.other)}) / 2"
        lines.append(Line("New value", "mean of both tables", numbers, update.new))
    return lines


def _change(terms: Terms) -> Line:
    name = "New value" if terms.other is None else f"New {terms.table}"
    symbols, numbers = "old + α × δ", f"{written(terms.old)} + {written(terms.step_size)} × {bracketed(terms.td_error)}"
    if terms.trace is not None:
        symbols, numbers = f"{symbols} × trace", f"{numbers} × {written(terms.trace)}"
    return Line(name, symbols, numbers, terms.learned)


def _target(target: Target) -> tuple[str, str]:
    """Return the sum of a target, in symbols and in numbers; of many rewards the first ones and the last."""
    symbols, numbers = [], []
    count = len(target.rewards)
    for i, reward in enumerate(target.rewards):
        if count > MOST_REWARDS and MOST_REWARDS - 1 <= i < count - 1:
            if i == MOST_REWARDS - 1:
                symbols.append("…")
                numbers.append("…")
            continue
        factor, power = _discount(i), _number_of_power(target.discount, i)
        symbols.append(f"{factor}R" if count == 1 else f"{factor}R{_subscript(i + 1)}")
        numbers.append(f"{power}{bracketed(reward) if power or numbers else written(reward)}")
    if target.bonus:
        symbols.insert(0, "bonus")
        numbers.insert(0, written(target.bonus))
    if not target.terminated:
        next_value = "Σ π Q(S′, a)" if target.is_expected else "Q(S′, a′)"
        symbols.append(f"{_discount(count)}{next_value}")
        numbers.append(f"{_number_of_power(target.discount, count)}{bracketed(target.next_value)}")
    return " + ".join(symbols), " + ".join(numbers)


def _discount(power: int) -> str:
    return "" if power == 0 else "γ " if power == 1 else f"γ{str(power).translate(SUPERSCRIPTS)} "


def _number_of_power(discount: float, power: int) -> str:
    text = written(discount)
    return "" if power == 0 else f"{text} × " if power == 1 else f"{text}{str(power).translate(SUPERSCRIPTS)} × "


def _subscript(number: int) -> str:
    return str(number).translate(SUBSCRIPTS)


SUPERSCRIPTS, SUBSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def written(number: float) -> str:
    """Return a number to six figures, with a true minus."""
    return f"{number:.6g}".replace("-", "−")


def bracketed(number: float) -> str:
    """Return a number that may follow a sign."""
    return f"({written(number)})" if number < 0 else written(number)


def named(problem: Problem, state: int, action: int) -> str:
    """Return an action value by the names of its state and action."""
    return f"Q({problem.state_name(state)}; {problem.actions_of(state)[action]})"


def cause(update: Update, agent: Agent, problem: Problem) -> str:
    """Return in a sentence when and by what an action value was changed."""
    when = f"Step {update.step:,}, episode {update.episode:,}"
    taken = f"the step {problem.actions_of(update.taken[0])[update.taken[1]]} in {problem.state_name(update.taken[0])}"
    if update.is_direct:
        return f"{when}: by the step itself."
    if update.terms is not None and update.terms.trace is not None:
        return f"{when}: by the trace that it had left when {taken} was made."
    if "planning_steps" in agent.hyperparameters():
        return f"{when}: by planning, update {update.order} of {update.updates} after {taken}."
    rewards = len(update.terms.target.rewards) if update.terms else 0
    return f"{when}: from {rewards:,} reward{'s' * (rewards != 1)}, after {taken}."
