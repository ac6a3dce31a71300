"""What can go wrong before a race starts, each with a name that a tired reader can act on."""


class RaceError(Exception):
    """The race cannot start as asked; the message says what came, what was due, what to do."""


class UnknownProblem(RaceError):
    """A word on the command line that is no problem and no tag of one."""


class UnknownOptimizer(RaceError):
    """A name given to --optimizer that no contestant has."""


class SameName(RaceError):
    """Two optimizers of one name in the same race."""


class NotAnOptimizerClass(RaceError):
    """A `path.py:Class` that cannot be loaded, or whose class is no Hamiltonian."""


class WrongGradient(RaceError):
    """Every problem asked for has a gradient that does not belong to its loss."""


class MissingExtra(RaceError):
    """A library of an extra that is not installed."""


class CodeChanged(RaceError):
    """Files that determine a result were edited during the race."""


class ClusterError(RaceError):
    """A Dask scheduler that does not answer, or whose workers cannot run cells."""


class StorageError(RaceError):
    """A folder that cannot be written to, or that another race is writing to."""


class UnreadableResults(RaceError):
    """A results file that is not there, or that the race did not write."""
