"""What can be chosen about a Tetris training with stable-baselines3."""

from __future__ import annotations

from abc import abstractmethod

import param
from param.parameterized import ParameterizedABC

from gridworld.tetris.game.board import MIN_SIZE
from gridworld.tetris.game.network import MOST_UNITS
from gridworld.tetris.game.settings import BoardHyperparameters

OURS, THEIRS = "Tetris-v0", "tetris-gymnasium"
PLACEMENTS, BOARD = "features of placements", "board"
FORMER_SETTINGS = {"sees": BOARD}
"""What a training was made with whose checkpoint does not name these settings: it is older than they are."""
DQN, PPO, MASKABLE_PPO = "DQN", "PPO", "MaskablePPO"


class DeepHyperparameters(BoardHyperparameters, ParameterizedABC):
    """What all algorithms have in common: the game and the network."""

    environment = param.Selector(
        default=OURS,
        objects=[OURS, THEIRS],
        label="Environment",
        doc="The built-in game, or that of the package tetris-gymnasium where it is installed. "
        "An action is a whole placement in both.",
    )
    sees = param.Selector(
        default=PLACEMENTS,
        objects=[PLACEMENTS, BOARD],
        label="Network sees",
        doc="For each placement the nine features of DT, which one small network scores; or the cells of the board "
        "(Tetris-v0 only).",
    )
    width = param.Integer(default=10, bounds=(MIN_SIZE, 10))
    height = param.Integer(default=20, bounds=(MIN_SIZE, 20))
    bag = param.Boolean(doc=f"{BoardHyperparameters.param.bag.doc} tetris-gymnasium always does.")
    piece_reward = param.Number(
        default=0.1,
        bounds=(0.0, 1.0),
        step=0.01,
        label="Reward per piece",
        doc="Added to the lines of a placement unless it ends the game: at first, lines are too rare to learn from "
        "(Tetris-v0 only).",
    )
    discount = param.Number(
        default=0.97,
        bounds=(0.0, 1.0),
        step=0.01,
        label="Discount γ",
        doc="The weight of the next step's value: 0 counts only the next reward, 1 all rewards alike.",
    )
    step_size = param.Number(
        default=0.01,
        bounds=(0.0, 0.1),
        softbounds=(0.0, 0.01),
        inclusive_bounds=(False, True),
        step=0.0001,
        label="Step size α",
        doc="The learning rate of the optimiser Adam.",
    )
    units = param.Integer(
        default=0,
        bounds=(0, 1024),
        label="Units",
        doc="Neurons in each of the two hidden layers of the network. With 0 it has none and scores placements by a "
        "weighted sum of their features. If it sees features, it can be saved as a player "
        f"with up to {MOST_UNITS} units.",
    )
    batch = param.Integer(
        default=256,
        bounds=(2, 4096),
        label="Batch",
        doc="The number of steps that each update of the network is computed from.",
    )

    @property
    def is_linear(self) -> bool:
        """Whether the network is a linear player."""
        return self.environment == OURS and self.sees == PLACEMENTS and not self.units

    @property
    def is_player(self) -> bool:
        """Whether the network can play without its process: it is a player, linear or not."""
        return self.environment == OURS and self.sees == PLACEMENTS and self.units <= MOST_UNITS

    @property
    @abstractmethod
    def round_steps(self) -> int:
        """Steps from one time of learning to the next."""

    @property
    @abstractmethod
    def generation_steps(self) -> int:
        """Steps for which what is learned towards stays as it is."""


class DQNHyperparameters(DeepHyperparameters):
    """DQN: learns action values from a memory of past steps (Mnih et al. 2015)."""

    discount = param.Number(default=0.95)
    memory = param.Integer(
        default=20_000, bounds=(100, 50_000), label="Replay memory", doc="The number of past steps kept to learn from."
    )
    warm_up = param.Integer(
        default=1_000, bounds=(0, 100_000), label="Warm-up", doc="Steps with random actions before learning begins."
    )
    train_every = param.Integer(
        default=4, bounds=(1, 1_000), label="Train every", doc="The number of steps between two updates of the network."
    )
    target_update = param.Integer(
        default=500,
        bounds=(1, 100_000),
        label="Target update",
        doc="Steps between two updates of the target network; the upper curves have a point for each.",
    )
    epsilon_steps = param.Number(
        default=0.005,
        bounds=(0.0, 1.0),
        inclusive_bounds=(False, True),
        step=0.01,
        label="ε decay",
        doc="The share of all steps over which ε falls from 1 to its end.",
    )
    epsilon_end = param.Number(
        default=0.001, bounds=(0.0, 1.0), step=0.001, label="ε end", doc="The value at which ε stops changing."
    )

    @property
    def round_steps(self) -> int:
        return self.train_every

    @property
    def generation_steps(self) -> int:
        return self.target_update


class PPOHyperparameters(DeepHyperparameters):
    """PPO: learns a policy from what it has just played (Schulman et al. 2017)."""

    step_size = param.Number(default=0.02, softbounds=(0.0, 0.05))
    rollout = param.Integer(
        default=1_024,
        bounds=(2, 32_768),
        label="Rollout",
        doc="Steps played before each round of learning; the upper curves have a point for each.",
    )
    passes = param.Integer(default=4, bounds=(1, 50), label="Passes", doc="The number of passes over each rollout.")
    trace = param.Number(
        default=0.95,
        bounds=(0.0, 1.0),
        step=0.01,
        label="Trace λ",
        doc="Advantages are one-step estimates (0), use the whole return (1), or lie between.",
    )
    clip = param.Number(
        default=0.2,
        bounds=(0.0, 1.0),
        inclusive_bounds=(False, True),
        step=0.01,
        label="Clip",
        doc="The largest relative change of an action's probability in one round.",
    )
    entropy = param.Number(
        default=0.0,
        bounds=(0.0, 1.0),
        step=0.001,
        label="Entropy bonus",
        doc="A larger bonus keeps the policy random for longer.",
    )

    @property
    def round_steps(self) -> int:
        return self.rollout

    generation_steps = round_steps


class MaskablePPOHyperparameters(PPOHyperparameters):
    """PPO that chooses among the placements that fit only (Huang and Ontañón 2022)."""


ALGORITHMS: dict[str, type[DeepHyperparameters]] = {
    DQN: DQNHyperparameters,
    PPO: PPOHyperparameters,
    MASKABLE_PPO: MaskablePPOHyperparameters,
}
"""The hyperparameters of each algorithm, by the name that a run's settings give as `algorithm`."""
