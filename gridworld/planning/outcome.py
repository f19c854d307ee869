"""What a policy is worth: one record, exact or sampled, for everything that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf

import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

CONFIDENCE = 0.95  # of `PolicyOutcome.interval`


@dataclass(frozen=True)
class PolicyOutcome:
    """What happens to a policy's episodes from the start distribution: in expectation, or on average over a sample."""

    expected_return: float  # undiscounted; infinite if rewards go on for ever, nan if those have both signs or unknown
    expected_length: float  # steps, cut at the step limit; infinite if some episodes may never end
    ending_probability: float  # of ending (within the step limit)
    success_probability: float  # of ending with success (within the step limit)
    episodes: int = 0  # of the sample; 0 where the figures are exact
    standard_error: float = 0.0  # of the expected return; nan for a single episode

    @property
    def exact(self) -> bool:
        """Whether the figures were worked out from a model and not sampled."""
        return self.episodes == 0

    @property
    def endless(self) -> bool:
        """Whether some episodes may never end, and no step limit cuts them."""
        return isinf(self.expected_length)

    @property
    def margin(self) -> float:
        """Half the width of the 95% confidence interval of the expected return (Student's t); 0 where it is exact."""
        if self.exact:
            return 0.0
        if self.episodes == 1:
            return inf
        return float(scipy.special.stdtrit(self.episodes - 1, (1 + CONFIDENCE) / 2) * self.standard_error)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of the expected return; a single point where it is exact."""
        return self.expected_return - self.margin, self.expected_return + self.margin
