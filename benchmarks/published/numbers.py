"""What was published: log₁₀ of the final value, of the relative error for matrix completion.

Source: França, Sulam, Robinson and Vidal, arXiv:1903.04100, table 1 and its figures.
"""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """The three columns of the table, by the names of our contestants."""

    momentum: float
    nesterov: float
    rgd: float


NUMBERS = {
    "quadratic": Published(-34.6, -16.6, -46.4),
    "random-quadratic": Published(-14.4, -19.6, -44.3),
    "rosenbrock-100": Published(-2.5, -6.6, -26.7),
    "matrix-completion": Published(-7.8, -8.6, -15.8),
    "booth": Published(-12.9, -16.7, -24.3),
    "matyas": Published(-20.6, -22.0, -29.1),
    "levy-13": Published(-13.4, -14.0, -18.3),
    "sum-squares": Published(-34.0, -26.5, -44.8),
    "beale": Published(-1.7, -1.7, -40.9),
    "three-hump-camel": Published(-3.0, -2.2, -41.0),
    "chung-reynolds": Published(1.8, 1.7, -12.8),
    "quartic": Published(-3.7, -4.8, -10.0),
    "schwefel-2.23": Published(-13.2, -14.1, -31.1),
    "qing": Published(-5.6, -3.2, -26.4),
    "zakharov": Published(-1.3, -1.1, -30.5),
    "rosenbrock-1000": Published(-3.0, -5.0, -26.0),
}
COLUMNS = {"momentum": "momentum", "Nesterov": "nesterov", "RGD": "rgd"}
"""Our contestants, and the column that each repeats."""
TRIALS = {"momentum": 500, "Nesterov": 500, "RGD": 1600}
"""Evaluations of the paper's tuner; for RGD it says 1,000 to 1,600."""
EQUAL_TRIALS = 600
SEARCHES = (1, 2)
"""Seeds of other searches for RGD, after that of the table: how much is luck."""
WITHIN = 1.0
"""Orders of magnitude by which a value may miss a published one, and still repeat it."""
