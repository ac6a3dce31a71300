"""Everything that hermosis can refuse: what came, what was due, what to do."""

from __future__ import annotations

from derivations.errors import (
    BackendError,
    DerivationError,
    EnergyError,
    HermosisError,
    NoExactFlowError,
    NoLimitError,
    NotHamiltonianError,
    NotScalarError,
    NotSplitError,
    ProofError,
    ThermalProfileError,
    TooLargeError,
    UndefinedNameError,
    UpdateError,
    WordError,
)


class HyperparameterError(HermosisError):
    """A hyperparameter that is missing, unknown, negative, or not a number."""


class StructureError(HermosisError):
    """Parameters or gradients whose structure, shape or kind is not what was due."""


class ShapeError(StructureError):
    """Arrays whose shapes an operation does not take."""


class IntegerParameterError(StructureError):
    """Parameters that are not floating-point numbers, and so have no derivative."""


class InPlaceError(HermosisError):
    """A value that changed in place, or was to, while a derivative still needs it."""


class FreedGraphError(HermosisError):
    """A second way back through a graph whose memory was freed by the first."""


class SeedError(HermosisError):
    """A gradient of what is no number, or a seed that does not fit."""


class UntracedError(HermosisError, TypeError):
    """A way out of the operations that have derivatives, while one is being taken."""


class UnknownExperimentError(HermosisError):
    """An experiment that does not exist."""


class NonFiniteGradientError(HermosisError):
    """A gradient with NaN or infinity in it."""


class NonFiniteStepError(HermosisError, FloatingPointError):
    """A step after which some number would not be finite, or before which one is not."""


class StateError(StructureError):
    """A state that is damaged, or was made by another optimizer."""


class ConcurrentStepError(HermosisError, RuntimeError):
    """A step of a state while another step of it is under way in another thread."""


class GradientPlaceError(HermosisError):
    """A rule that needs a gradient which `step` does not have, in the middle of the step."""


class MissingLossError(HermosisError):
    """A rule that reads the value of the loss, which it was not given."""


class MissingGradientError(HermosisError):
    """An objective without a gradient."""


def missing_gradient(why: str = "") -> MissingGradientError:
    """Return the error of an objective without a gradient, with what stood in the way of one."""
    return MissingGradientError(
        "no gradient was given; pass jac=gradient, or jac=True with a function that returns "
        "(value, gradient), or write the loss with the operations of hermosis.autodiff"
        + (f" ({why})" if why else "")
    )


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
    "ConcurrentStepError",
    "DecompositionError",
    "DefinitionError",
    "DerivationError",
    "EnergyError",
    "FreedGraphError",
    "GradientPlaceError",
    "HermosisError",
    "HyperparameterError",
    "InPlaceError",
    "IntegerParameterError",
    "MatrixSizeError",
    "MetricNotPositiveError",
    "MissingGradientError",
    "MissingLossError",
    "MissingTraceError",
    "NoExactFlowError",
    "NoLimitError",
    "NonConvexKineticWarning",
    "NonFiniteGradientError",
    "NonFiniteStepError",
    "NotHamiltonianError",
    "NotScalarError",
    "NotSplitError",
    "ProofError",
    "SeedError",
    "ShapeError",
    "StateError",
    "StructureError",
    "ThermalOverflowError",
    "ThermalProfileError",
    "TooLargeError",
    "UndefinedNameError",
    "UndefinedStepError",
    "UntracedError",
    "UnknownExperimentError",
    "UpdateError",
    "WordError",
]
