"""Two ways to search for a player's weights: the noisy cross-entropy method and CMA-ES.

Both keep a normal distribution over weights. `ask` draws a generation of candidates from it; `tell` moves it towards
those that scored well. `state` and `restore` carry it through a file.
"""

from __future__ import annotations

import warnings
from typing import Any, Protocol

import numpy as np


class Search(Protocol):
    """What the trainer needs of a search: a distribution over weights [D] that learns from scores."""

    @property
    def mean(self) -> np.ndarray: ...  # float64 [D]

    @property
    def deviation(self) -> np.ndarray: ...  # float64 [D], the standard deviation of each weight

    def ask(self, rng: np.random.Generator) -> np.ndarray: ...  # float64 [N, D]

    def tell(self, candidates: np.ndarray, scores: np.ndarray) -> None: ...  # scores float64 [N], more is better

    def state(self) -> dict[str, np.ndarray]: ...

    def restore(self, state: dict[str, np.ndarray]) -> None: ...


class CrossEntropy:
    """The noisy cross-entropy method (Szita and Lorincz 2006, "Learning Tetris using the noisy cross-entropy method").

    The next distribution has the mean and the variance of the elite, plus noise on the variance, which keeps the search
    from settling too early: noise_t = max(noise - t * fade, 0) in generation t.
    """

    def __init__(self, size: int, population: int, elite: int, spread: float, noise: float, fade: float) -> None:
        self.population, self.elite, self.noise, self.fade = population, elite, noise, fade
        self._mean, self._variance = np.zeros(size), np.full(size, spread**2)
        self._generation = 0

    @property
    def mean(self) -> np.ndarray:
        """The mean of the distribution, float64 [D]."""
        return self._mean

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each weight, float64 [D]."""
        return np.sqrt(self._variance)

    def ask(self, rng: np.random.Generator) -> np.ndarray:
        """Return candidates, float64 [N, D]."""
        return self._mean + self.deviation * rng.standard_normal((self.population, len(self._mean)))

    def tell(self, candidates: np.ndarray, scores: np.ndarray) -> None:
        """Move to the candidates of highest score [N]; among equal scores the earlier ones count as higher."""
        elite = candidates[np.argsort(-scores, kind="stable")[: self.elite]]
        noise = max(self.noise - self._generation * self.fade, 0.0)
        self._mean, self._variance = elite.mean(axis=0), elite.var(axis=0) + noise
        self._generation += 1

    def state(self) -> dict[str, np.ndarray]:
        """Return everything that `tell` changes."""
        return {"mean": self._mean, "variance": self._variance, "generation": np.array(self._generation)}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        self._mean, self._variance = state["mean"].copy(), state["variance"].copy()
        self._generation = int(state["generation"])


class CovarianceMatrixAdaptation:
    """CMA-ES (Hansen and Ostermeier 2001) by the library `cma`: its implementation in plain Python.

    Its random numbers are drawn here and its state is a few lists, so one seed is one run, which can be resumed.

    Only the direction of a player's weights matters, so nothing holds the distribution back along its mean: `tell` also
    keeps its numbers in bounds for any length of run, changing no direction but by `ROUND`.
    """

    LARGEST, ROUND = 100.0, 1e-8

    def __init__(self, size: int, population: int, spread: float) -> None:
        self.spread = spread
        self._es: Any = _purecma().CMAES([0.0] * size, spread, popsize=population)

    @property
    def mean(self) -> np.ndarray:
        """The mean of the distribution, float64 [D]."""
        return np.array(self._es.xmean)

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each weight, float64 [D]."""
        return self._es.sigma * np.sqrt(np.diag(np.array(self._es.C)))

    def ask(self, rng: np.random.Generator) -> np.ndarray:
        """Return candidates, float64 [N, D]."""
        self._es.randn = rng.normal
        return np.array(self._es.ask())

    def tell(self, candidates: np.ndarray, scores: np.ndarray) -> None:
        """Adapt mean, step size and covariance to the order of the scores [N]."""
        self._es.tell(candidates.tolist(), (-scores).tolist())
        self._keep_in_bounds()

    def _keep_in_bounds(self) -> None:
        """Widen the covariance by `ROUND` of its trace, move its scale into the step size, and bound that."""
        es, C = self._es, self._es.C
        extra = self.ROUND * sum(C.diag)
        for i in range(len(C)):
            C[i][i] += extra
        scale = sum(C.diag) / len(C)
        C.multiply_with(1 / scale)
        C.eigenvalues = [value / scale for value in C.eigenvalues]
        C.invsqrt = [[value * scale**0.5 for value in row] for row in C.invsqrt]
        es.pc = [value / scale**0.5 for value in es.pc]
        es.sigma *= scale**0.5
        if es.sigma > self.LARGEST * self.spread:
            es.xmean = [weight * (self.spread / es.sigma) for weight in es.xmean]
            es.sigma = self.spread

    def state(self) -> dict[str, np.ndarray]:
        """Return everything that `ask` and `tell` change."""
        es, C = self._es, self._es.C
        vectors = {"mean": es.xmean, "pc": es.pc, "ps": es.ps, "eigenvalues": C.eigenvalues}
        matrices = {"covariance": list(C), "eigenbasis": C.eigenbasis, "invsqrt": C.invsqrt}
        counts = {"sigma": es.sigma, "evaluations": es.counteval, "decomposed": C.updated_eval}
        return {name: np.array(value, float) for name, value in {**vectors, **matrices, **counts}.items()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` gave."""
        es, C = self._es, self._es.C
        es.xmean, es.pc, es.ps = (state[name].tolist() for name in ("mean", "pc", "ps"))
        es.sigma, es.counteval = float(state["sigma"]), int(state["evaluations"])
        C[:] = state["covariance"].tolist()
        C.eigenvalues, C.eigenbasis, C.invsqrt = (
            state[name].tolist() for name in ("eigenvalues", "eigenbasis", "invsqrt")
        )
        C.updated_eval = int(state["decomposed"])


def _purecma() -> Any:
    """Return the module of `cma`, imported only now; it warns without matplotlib, which only its plots need."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from cma import purecma
    except ImportError as error:
        message = "CMA-ES needs the library cma; install it with `pip install cma`, or choose cross-entropy."
        raise ModuleNotFoundError(message, name="cma") from error
    return purecma
