"""The search of the paper: a tree of Parzen estimators, as Optuna has it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from benchmarks.engine.extras import extra
from benchmarks.engine.tuning import Asked, Round, Search

SECONDS = 5.5e-6
"""A search of n trials takes n² of these itself, beside the runs."""


@dataclass(frozen=True)
class Parzen(Search):
    """Points where those that did well lie closer together than those that did not.

    The estimators are of all hyperparameters together, where the source has one for each; they are
    seeded, and asked for `batch` points at a time. The `first` trials are drawn at random. Of a
    score only the first number counts.

    Source: Bergstra, Bardenet, Bengio, Kégl, Algorithms for hyper-parameter optimization, 2011.
    """

    first: int = 48
    batch: int = 16
    seed: int = 0

    def rounds(self, trials: int) -> list[Round]:
        """The rounds; together `trials`."""
        return [Round(1.0, min(self.batch, trials - n)) for n in range(0, trials, self.batch)]

    def words(self, trials: int) -> str:
        """How they are spent, in a sentence."""
        return (
            "The search is that of Optuna: a multivariate tree of Parzen estimators, asked for "
            f"{self.batch} points at a time, the first {self.first} at random, seed {self.seed}."
        )

    def points(self, dimension: int, trials: int) -> Asked:
        """The points of each round, in a unit cube of so many dimensions."""
        optuna = extra("optuna")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(
                seed=self.seed, multivariate=True, n_startup_trials=self.first
            )
        study = optuna.create_study(sampler=sampler)
        axes = {str(n): optuna.distributions.FloatDistribution(0.0, 1.0) for n in range(dimension)}
        for _, count in self.rounds(trials):
            asked = [study.ask(axes) for _ in range(count)]
            points = [tuple(trial.params.values()) for trial in asked]
            scores = yield points
            for trial, point in zip(asked, points, strict=True):
                study.tell(trial, scores[point][0])
