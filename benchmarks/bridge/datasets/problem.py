"""Every problem of the race, as a data set with a name."""

from __future__ import annotations

from typing import Any, ClassVar

from benchopt import BaseDataset

from benchmarks.engine.cell import instance
from benchmarks.problem import all_problems


class Dataset(BaseDataset):
    """A problem and the instance that a seed draws."""

    name = "problem"
    parameters: ClassVar[dict[str, list[Any]]] = {"which": list(all_problems()), "seed": [0]}
    test_parameters: ClassVar[dict[str, list[Any]]] = {"which": ["booth"]}

    def get_data(self) -> dict[str, Any]:
        """Draw the instance and its start."""
        problem, start = instance(self.which, self.seed)
        return {"problem": problem, "start": start}
