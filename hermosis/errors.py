"""Everything that hermosis can refuse: what came, what was due, what to do."""

from __future__ import annotations

from derivations.errors import (
    BackendError,
    DerivationError,
    EnergyError,
    NoExactFlowError,
    NoLimitError,
    NotHamiltonianError,
    NotScalarError,
    NotSplitError,
    ProofError,
    ThermalProfileError,
    UndefinedNameError,
    UpdateError,
    WordError,
)


class HermosisError(ValueError):
    """An input that cannot be used; parameters and state are as they were."""


class HyperparameterError(HermosisError):
    """A hyperparameter that is missing, unknown, negative, or not a number."""


class StructureError(HermosisError):
    """Parameters or gradients whose structure, shape or kind is not what was due."""


class NonFiniteGradientError(HermosisError):
    """A gradient with NaN or infinity in it."""


class GradientPlaceError(HermosisError):
    """A rule that needs a gradient which `step` does not have, in the middle of the step."""


class MissingGradientError(HermosisError):
    """An objective without a gradient."""


class MissingTraceError(HermosisError):
    """A picture of something that the run did not keep."""


class CheckpointError(HermosisError):
    """A checkpoint that is truncated, damaged, or not one of this optimizer's."""


class DefinitionError(HermosisError, TypeError):
    """A Hamiltonian or profile class that does not say what it must."""


class MetricNotPositiveError(DefinitionError):
    """A metric that is not positive where its moments may be."""


class NonConvexKineticWarning(UserWarning):
    """A kinetic energy that is not convex: beyond some momentum the velocity falls."""


class MatrixSizeError(HermosisError):
    """An array with too many components for a full metric, which needs their square."""


class DecompositionError(HermosisError):
    """A matrix whose eigenvalues or singular values could not be found."""


class ThermalOverflowError(HermosisError):
    """A thermal mass that has grown past the largest floating-point number."""


class UndefinedStepError(HermosisError):
    """A step that divides by zero, or takes the root or logarithm of a number that has none."""


__all__ = [
    "BackendError",
    "CheckpointError",
    "DecompositionError",
    "DefinitionError",
    "DerivationError",
    "EnergyError",
    "GradientPlaceError",
    "HermosisError",
    "HyperparameterError",
    "MatrixSizeError",
    "MetricNotPositiveError",
    "MissingGradientError",
    "MissingTraceError",
    "NoExactFlowError",
    "NoLimitError",
    "NonConvexKineticWarning",
    "NonFiniteGradientError",
    "NotHamiltonianError",
    "NotScalarError",
    "NotSplitError",
    "ProofError",
    "StructureError",
    "ThermalOverflowError",
    "ThermalProfileError",
    "UndefinedNameError",
    "UndefinedStepError",
    "UpdateError",
    "WordError",
]
