"""The literature that the derivations cite."""

from __future__ import annotations

from derivations.document import Reference

PAPER = Reference(
    "hermosis",
    "Eric Hermosis. Learning Dynamics. 2025.",
    "https://doi.org/10.5281/zenodo.18071680",
)

LITERATURE = (
    PAPER,
    Reference(
        "callen",
        "Herbert B. Callen. Thermodynamics and an Introduction to Thermostatistics. "
        "Wiley, 2nd edition, 1985.",
    ),
    Reference(
        "cannas",
        "Ana Cannas da Silva. Lectures on Symplectic Geometry. Lecture Notes in Mathematics 1764. "
        "Springer, 2001.",
    ),
    Reference(
        "arnold",
        "Vladimir I. Arnold. Mathematical Methods of Classical Mechanics. "
        "Springer, 2nd edition, 1989.",
    ),
    Reference(
        "krogh",
        "Anders Krogh and John A. Hertz. A simple weight decay can improve generalization. "
        "Advances in Neural Information Processing Systems, 1992.",
    ),
    Reference(
        "brown",
        "Robert G. Brown. Exponential Smoothing: Forecasting and Control. Prentice-Hall, 1956.",
    ),
    Reference(
        "bottou",
        "Léon Bottou. Large-scale machine learning with stochastic gradient descent. "
        "Proceedings of COMPSTAT 2010, 177–186.",
    ),
    Reference(
        "franca",
        "Guilherme França, Jeremias Sulam, Daniel P. Robinson and René Vidal. "
        "Conformal symplectic and relativistic optimization. 2019.",
        "https://arxiv.org/abs/1903.04100",
    ),
)
