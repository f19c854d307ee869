"""A transition model as sparse matrices and graphs: what planning computes with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

from gridworld.planning.loops import prune, spread
from gridworld.worlds.transition_model import Ending, TransitionModel

CENTRED = 0.99  # the largest discount at which values are computed relative to those of going on for ever

Links = tuple[np.ndarray, np.ndarray]  # int32 first [N + 1] and rows: rows[first[i]:first[i + 1]] are linked to i


@dataclass(frozen=True, eq=False)
class Dynamics:
    """Dynamics of S states and A actions; row s * A + a of `going_on` is action a in state s."""

    going_on: scipy.sparse.csr_array  # float64 [S * A, S], probability of each successor with which the episode goes on
    reward: np.ndarray  # float64 [S, A], expected
    ending: np.ndarray  # float64 [S, A], probability of ending the episode
    success: np.ndarray  # float64 [S, A], probability of ending it with success
    start: np.ndarray  # float64 [S]

    @classmethod
    def of(cls, model: TransitionModel) -> Dynamics:
        probability = np.ascontiguousarray(model.probability)
        kept = (probability > 0) & (model.ending == Ending.NONE)
        first = np.zeros(model.n_states * model.n_actions + 1, np.int32)
        np.cumsum(np.count_nonzero(kept, axis=-1), out=first[1:])
        entries = probability[kept], model.successor[kept].astype(np.int32), first
        ending = np.where(model.ending != Ending.NONE, probability, 0.0).sum(-1)
        success = np.where(model.ending == Ending.SUCCESS, probability, 0.0).sum(-1)
        going_on = scipy.sparse.csr_array(entries, shape=(len(first) - 1, model.n_states))
        return cls(going_on, model.expected_reward, ending, success, model.start)

    @property
    def n_states(self) -> int:
        return self.reward.shape[0]

    @property
    def n_actions(self) -> int:
        return self.reward.shape[1]

    @cached_property
    def predecessors(self) -> Links:
        """For each state the rows that may lead to it."""
        return backward(self.going_on)

    @cached_property
    def reachable(self) -> np.ndarray:
        """bool [S]: the states that some behaviour reaches from the start without the episode ending."""
        successors = self.going_on.indptr[:: self.n_actions], self.going_on.indices
        return closure(successors, self.start > 0)

    def action_values(self, state_values: np.ndarray, discount: float) -> np.ndarray:
        """Return float64 [S, A]: E[R + discount * v(S')], where an ended episode is worth nothing more."""
        return self.reward + discount * (self.going_on @ state_values).reshape(self.reward.shape)

    def centred(self, discount: float) -> tuple[Dynamics, float]:
        """Return the same world with rewards relative to its usual one, and what all its values are then less by.

        Far from a goal, discounted values differ by less than the rounding of what going on for ever is worth.
        Relative to that they keep their digits, so that the best actions stay apart from the others. With a discount
        near 1 they differ by enough, and what going on for ever is worth may be far more than they are.
        """
        if discount > CENTRED:
            return self, 0.0
        rewards, counts = np.unique(self.reward[self.ending == 0], return_counts=True)
        usual = rewards[counts.argmax()] if len(rewards) else 0.0
        base = usual / (1 - discount)
        return replace(self, reward=self.reward - usual - discount * base * self.ending), float(base)

    def under(self, policy: np.ndarray) -> Chain:
        """Return the Markov chain that a policy [S, A] makes of the world."""
        states, actions = policy.shape
        taken = policy > 0
        first = np.concatenate(([0], np.cumsum(taken.sum(1))))
        mixture = scipy.sparse.csr_array(
            (policy[taken], np.flatnonzero(taken), first), shape=(states, states * actions)
        )
        averages = ((policy * x).sum(1) for x in (self.reward, self.ending, self.success))
        return Chain(scipy.sparse.csr_array(mixture @ self.going_on), *averages)

    def near_to_far(self) -> np.ndarray:
        """Return all states, nearest to a success (to any ending where there's no success) first: the order of
        sweeping."""
        sources = self.success.max(1) > 0
        if not sources.any():
            sources = self.ending.max(1) > 0
        order, _ = search(self.predecessors, sources, self.n_actions)
        rest = np.ones(self.n_states, bool)
        rest[order] = False
        return np.concatenate((order, np.flatnonzero(rest)))

    def free_of_cost(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the states from which one can go on for ever, or end, without a negative expected reward.

        Returns the states, bool [S], and the actions that stay among them, bool [S, A].
        """
        allowed = (self.reward >= 0).astype(np.uint8)
        options = allowed.sum(1, dtype=np.int64)
        removed = np.empty(self.n_states, np.int32)
        barred = np.flatnonzero(options == 0)
        removed[: len(barred)] = barred
        prune(*self.predecessors, self.n_actions, allowed.reshape(-1), options, removed, len(barred))
        free = options > 0
        return free, (allowed > 0) & free[:, None]

    def settling(self, free: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the states from which some policy is certain to end the episode or to come to a `free` state.

        Returns those states, nearest first, int32 [N]; the actions that stay among them, bool [S, A]; and the depths
        that the search found, int32 [S] (Baier & Katoen 2008, section 10.6.1).
        """
        allowed = np.ones(self.reward.shape, bool)
        while True:
            ends_now = (allowed & (self.ending > 0)).max(1)
            order, depth = search(self.predecessors, free | ends_now, self.n_actions, allowed)
            leads_astray = (self.going_on @ (depth == 0).astype(float) > 0).reshape(allowed.shape)
            safe = allowed & ~leads_astray & (depth > 0)[:, None]
            if (safe == allowed).all():
                return order, safe, depth
            allowed = safe

    def approach(self, safe: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Return int64 [S]: the safe action after which the depth is least in expectation, among those that may lessen
        it.

        A walk that follows it comes to depth 1 or less for certain, as each step has a chance to come nearer.
        """
        origin = np.repeat(np.repeat(depth, self.n_actions), np.diff(self.going_on.indptr))
        lessens = (depth[self.going_on.indices] < origin).astype(float)
        chances = scipy.sparse.csr_array(
            (lessens, self.going_on.indices, self.going_on.indptr), shape=self.going_on.shape
        )
        may_lessen = (chances @ np.ones(self.n_states)).reshape(safe.shape) + self.ending > 0
        expected = (self.going_on @ depth.astype(float)).reshape(safe.shape)
        return np.where(safe & may_lessen, expected, np.inf).argmin(1)


@dataclass(frozen=True, eq=False)
class Chain:
    """A Markov chain over S states: a world under one policy."""

    going_on: scipy.sparse.csr_array  # float64 [S, S]
    reward: np.ndarray  # float64 [S], expected
    ending: np.ndarray  # float64 [S], probability of ending the episode
    success: np.ndarray  # float64 [S], probability of ending it with success

    def among(self, states: np.ndarray) -> Chain:
        """Return the chain of some states (their indices), in that order; what leaves them is dropped."""
        inside = self.going_on[states][:, states]
        return Chain(inside, self.reward[states], self.ending[states], self.success[states])

    def reaches(self, targets: np.ndarray) -> np.ndarray:
        """Return bool [S]: the states that come to one of `targets`, bool [S], with a probability above 0."""
        return closure(backward(self.going_on), targets)

    def reached_from(self, sources: np.ndarray) -> np.ndarray:
        """Return bool [S]: the states that are visited from `sources`, bool [S], with a probability above 0."""
        return closure((self.going_on.indptr, self.going_on.indices), sources)


def backward(matrix: scipy.sparse.csr_array) -> Links:
    """Return for each column of a sparse matrix its rows."""
    pattern = scipy.sparse.csr_array(
        (np.ones(matrix.nnz, np.int8), matrix.indices, matrix.indptr), shape=matrix.shape
    ).tocsc()
    return pattern.indptr.astype(np.int32, copy=False), pattern.indices.astype(np.int32, copy=False)


def closure(links: Links, sources: np.ndarray) -> np.ndarray:
    """Return bool [S]: what can be reached from `sources`, bool [S], along links between states."""
    order, _ = search(links, sources)
    reached = np.zeros(len(sources), bool)
    reached[order] = True
    return reached


def search(
    links: Links, sources: np.ndarray, actions: int = 1, allowed: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the states found breadth-first, nearest first, int32 [N], and depths from 1 up, 0 if not found, [S]."""
    states = len(sources)
    first, rows = (np.ascontiguousarray(x, np.int32) for x in links)
    usable = np.ones(states * actions, np.uint8) if allowed is None else allowed.astype(np.uint8).reshape(-1)
    order, depth = np.empty(states, np.int32), np.asarray(sources, np.int32)
    heads = np.flatnonzero(sources)
    order[: len(heads)] = heads
    count = spread(first, rows, actions, usable, depth, order, len(heads))
    return order[:count], depth
