"""Networks that score placements by their features, one after another by the same few weights. Imports torch."""

# mypy: disable-error-code="import-not-found, import-untyped, misc"

from __future__ import annotations

from typing import Any

import torch
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.dqn.policies import DQNPolicy, QNetwork
from torch import nn

from gridworld.tetris.game.placements import SCALES

ILLEGAL = -1e4
"""The score of a placement that is not legal: below any other."""


class Scorer(nn.Module):
    """Give each placement of a table, float [B, A, F + 1] with 1 in the last column where it is legal, a score [B, A].

    With no `units` the score is linear in the features: such a network is a linear player.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        size, layers = len(SCALES), list[nn.Module]()
        if units:
            layers = [nn.Linear(size, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(units or size, 1))

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """Return the scores."""
        scores = self.layers(table[..., :-1]).squeeze(-1)
        return torch.where(table[..., -1] > 0, scores, torch.full_like(scores, ILLEGAL))

    def weights(self) -> tuple[float, ...]:
        """Return the weights of the features where the score is linear in them; else none."""
        if len(self.layers) > 1:
            return ()
        only: Any = self.layers[0]
        return tuple((only.weight.detach().numpy()[0] / SCALES).tolist())

    def player_weights(self) -> tuple[float, ...]:
        """Return the weights of the player that it is: `weights`, or those of a network as `game.network` has them."""
        if linear := self.weights():
            return linear
        numbers = list[float]()
        layer: Any
        for layer, scales in ((self.layers[0], SCALES), (self.layers[2], 1.0), (self.layers[4], 1.0)):
            numbers += (layer.weight.detach().numpy() / scales).T.ravel().tolist()
            numbers += layer.bias.detach().numpy().tolist()
        return tuple(float(f"{number:.9g}") for number in numbers)


class ScoredActions(nn.Module):
    """The two halves of an actor and a critic: the scores of the placements, and what the critic sees.

    That is the mean and the best of each feature over the legal placements.
    """

    def __init__(self, actions: int, units: int) -> None:
        super().__init__()
        self.scorer = Scorer(units)
        self.latent_dim_pi, self.latent_dim_vf = actions, 2 * len(SCALES)

    def forward(self, table: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return both."""
        return self.forward_actor(table), self.forward_critic(table)

    def forward_actor(self, table: torch.Tensor) -> torch.Tensor:
        """Return the scores."""
        return self.scorer(table)

    def forward_critic(self, table: torch.Tensor) -> torch.Tensor:
        """Return what the critic sees."""
        legal = table[..., -1:]
        features = table[..., :-1]
        mean = (features * legal).sum(1) / legal.sum(1).clamp(min=1)
        least = torch.where(legal > 0, features, torch.full_like(features, 1e3)).amin(1)
        return torch.cat([mean, torch.where(least < 1e3, least, torch.zeros_like(least))], 1)


class Unchanged(nn.Module):
    """Stand in for what flattens an observation: a table stays a table."""

    def __init__(self, space: Any) -> None:
        super().__init__()
        self.features_dim = space.shape[0] * space.shape[1]

    def forward(self, table: torch.Tensor) -> torch.Tensor:
        """Return the table."""
        return table


class _ScoringActor:
    """What both policies of PPO have in common: their actor's scores are the logits of the placements."""

    action_space: Any
    optimizer_class: Any
    optimizer_kwargs: Any
    parameters: Any

    def __init__(self, *arguments: Any, units: int, **options: Any) -> None:
        self.units = units
        super().__init__(*arguments, **{**options, "features_extractor_class": Unchanged})

    def _build_mlp_extractor(self) -> None:
        self.mlp_extractor = ScoredActions(int(self.action_space.n), self.units)

    def _build(self, lr_schedule: Any) -> None:
        super()._build(lr_schedule)
        self.action_net = nn.Identity()
        self.value_net = nn.Sequential(nn.Linear(self.mlp_extractor.latent_dim_vf, 64), nn.Tanh(), nn.Linear(64, 1))
        self.optimizer = self.optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)

    @property
    def scorer(self) -> Scorer:
        """The network that scores placements."""
        return self.mlp_extractor.scorer


class ScoringPolicy(_ScoringActor, ActorCriticPolicy):
    """PPO's."""


class MaskableScoringPolicy(_ScoringActor, MaskableActorCriticPolicy):
    """MaskablePPO's."""


class ScoringQNetwork(QNetwork):
    """Action values that are scores."""

    q_net: Any

    def __init__(self, *arguments: Any, units: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.q_net = Scorer(units)


class ScoringQPolicy(DQNPolicy):
    """DQN's."""

    def __init__(self, *arguments: Any, units: int, **options: Any) -> None:
        self.units = units
        super().__init__(*arguments, **{**options, "features_extractor_class": Unchanged})

    def make_q_net(self) -> ScoringQNetwork:
        """Return a network of action values."""
        options = self._update_features_extractor(self.net_args, features_extractor=None)
        return ScoringQNetwork(**options, units=self.units).to(self.device)

    @property
    def scorer(self) -> Scorer:
        """The network that scores placements."""
        network: Any = self.q_net
        return network.q_net
