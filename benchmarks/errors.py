"""What can go wrong before a race starts, each with a name that a tired reader can act on."""


class RaceError(Exception):
    """The race cannot start as asked; the message says what came, what was due, what to do."""


class UnknownProblem(RaceError):
    """A word on the command line that is no problem and no tag of one."""


class UnknownOptimizer(RaceError):
    """A name given to --optimizer that no contestant has."""


class NotAnOptimizerClass(RaceError):
    """A `path.py:Class` that cannot be loaded, or whose class is no Hamiltonian."""


class MissingExtra(RaceError):
    """A library of the `bench` extra that is not installed."""


class ClusterError(RaceError):
    """A Dask scheduler that does not answer."""


class UnreadableResults(RaceError):
    """A results file that is not there, or that the race did not write."""


class StorageError(RaceError):
    """A folder that the report cannot be written to."""
