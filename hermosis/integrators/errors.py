"""Everything that an integrator can refuse, each with its own name."""


class IntegratorError(ValueError):
    """An integrator that was asked for or stated wrongly."""


class UnknownIntegratorError(IntegratorError):
    """A name that belongs to no integrator."""


class OrderError(IntegratorError):
    """A declared order that the composition does not have."""


class SymmetryError(IntegratorError):
    """A declared symmetry that the composition does not have, or hides."""


class ConvergenceError(RuntimeError):
    """An implicit step whose equation could not be solved; the state is as it was."""
