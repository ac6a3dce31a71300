"""Everything that an integrator can refuse, each with its own name."""

from __future__ import annotations

from derivations.errors import HermosisError


class IntegratorError(HermosisError):
    """An integrator that was asked for or stated wrongly."""


class UnknownIntegratorError(IntegratorError):
    """A name that belongs to no integrator."""


class OrderError(IntegratorError):
    """A declared order that the composition does not have."""


class SymmetryError(IntegratorError):
    """A declared symmetry that the composition does not have, or hides."""


class ConvergenceError(HermosisError, RuntimeError):
    """An implicit step whose equation could not be solved; the state is as it was."""
