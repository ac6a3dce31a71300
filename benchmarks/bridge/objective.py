"""The race's problems under benchopt: `benchopt run benchmarks/bridge -l`, from the checkout.

benchopt loads this folder by its path; `pip install benchopt` first. Problems and optimizers are
the race's own objects, so nothing is stated twice.
"""

from __future__ import annotations

from typing import Any

from benchopt import BaseObjective

from benchmarks.engine.parameters import copy


class Objective(BaseObjective):
    """The gap of a problem, and what its user cares about."""

    name = "hermosis race"
    min_benchopt_version = "1.7"

    def set_data(self, problem: Any, start: Any) -> None:
        """Take the problem as the data set drew it."""
        self.problem, self.start = problem, start

    def get_objective(self) -> dict[str, Any]:
        """What a solver sees."""
        return {"problem": self.problem, "start": copy(self.start)}

    def evaluate_result(self, w: Any) -> dict[str, float]:
        """The gap above the least loss, and the problem's own measure."""
        value, _ = self.problem.value_and_gradient(w)
        return {
            "value": self.problem.gap(value),
            self.problem.measure.name.replace(" ", "_"): self.problem.measure(self.problem, w),
        }

    def get_one_result(self) -> dict[str, Any]:
        """Something that can be evaluated: the start."""
        return {"w": copy(self.start)}
