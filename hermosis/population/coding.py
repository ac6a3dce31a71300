"""A population code: units with Gaussian tuning, whose counts are Poisson distributed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.errors import HyperparameterError
from hermosis.run.parameters import Array


@dataclass(frozen=True)
class Population:
    """Units whose mean count for a stimulus s is A·exp(−(s − c)²/2σ²), with centres c.

    Parameters
    ----------
    centres : the preferred stimulus of each unit, of shape (units,).
    amplitude : A, the mean count at the preferred stimulus.
    width : σ, in the units of the stimulus.

    Raises `HyperparameterError` unless amplitude and width are positive.

    >>> import numpy as np
    >>> units = Population(np.linspace(-10, 10, 201), amplitude=5.0, width=1.0)
    >>> round(float(units.fisher_information(0.3)), 6)
    125.331414
    """

    centres: Array
    amplitude: float = 1.0
    width: float = 1.0

    def __post_init__(self) -> None:
        for name in ("amplitude", "width"):
            if not getattr(self, name) > 0:
                raise HyperparameterError(
                    f"the {name} of a population is {getattr(self, name)!r}; give a positive number"
                )

    @classmethod
    def tiling(
        cls, density: float, amplitude: float, width: float, reach: float = 10.0
    ) -> Population:
        """Return units that stand evenly from −reach to reach, `density` of them for each unit."""
        count = round(2 * reach * density)
        centres = (np.arange(count) + 0.5) / density - reach
        return cls(centres, amplitude, width)

    def rates(self, s: Any) -> Any:
        """Return the mean counts for a stimulus, of shape (units,); s may be a tensor."""
        return self.amplitude * ad.exp(self._log_tuning(s))

    def _log_tuning(self, s: Any) -> Any:
        apart = (s - self.centres) / self.width
        return -0.5 * apart * apart

    def counts(self, s: float, random: np.random.Generator, trials: int = 1) -> Any:
        """Return counts that were drawn, of shape (trials, units)."""
        return random.poisson(ad.plain(self.rates(s)), (trials, len(self.centres)))

    def log_likelihood(self, s: Any, counts: Any) -> Any:
        """Return log p(counts | s) for counts of shape (units,), but for a term without s."""
        return ad.sum(counts * self._log_tuning(s)) - ad.sum(self.rates(s))

    def fisher_information(self, s: float) -> float:
        """Return Σ f′²/f, the reciprocal of the least variance of an unbiased estimate of s."""
        scores = (float(s) - self.centres) / self.width**2  # f′/f, where f itself may underflow
        return float(np.sum(self.rates(float(s)) * scores**2))

    def decode(self, counts: Any) -> Any:
        """Return the centre of mass of counts of shape (…, units): NaN where all are zero.

        It is the likeliest stimulus where units stand evenly around it, since the sum of their
        rates is the same everywhere there.
        """
        counts = np.asarray(counts, dtype=float)
        with np.errstate(invalid="ignore"):
            return counts @ self.centres / counts.sum(-1)
