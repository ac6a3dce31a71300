"""What would have no effect on a step is refused by name: letters of a word, and arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hermosis.errors import HyperparameterError, WordError

if TYPE_CHECKING:
    from hermosis.integrators import Integrator
    from hermosis.model.hamiltonian import Hamiltonian


def check_word(hamiltonian: Hamiltonian, scheme: Integrator, shrinks: bool) -> None:
    """Raise `WordError` for a word that never drifts or kicks, or has a letter without effect.

    >>> import hermosis as hm
    >>> check_word(hm.Hamiltonian(), hm.integrators.Integrator("C K M D"), False)
    Traceback (most recent call last):
    derivations.errors.WordError: 'C K M D' measures by M, but Hamiltonian has no metric; leave \
M out, or give metric=hm.metrics.RootMeanSquare()
    """
    name, letters = type(hamiltonian).__name__, letters_of(scheme)
    for letter, what in (("D", "never moves the weights"), ("K", "never reads the gradient")):
        if letter not in letters:
            raise WordError(f"'{scheme}' has no {letter}, so that it {what}; add it, as in 'C K D'")
    if "M" in letters and hamiltonian.metric is None:
        raise WordError(
            f"'{scheme}' measures by M, but {name} has no metric; leave M out, or give "
            "metric=hm.metrics.RootMeanSquare()"
        )
    if "S" in letters and not shrinks:
        raise WordError(
            f"'{scheme}' shrinks the weights by S, but there is no decoupled weight decay; leave S "
            "out, or give weight_decay=0.01, decoupled=True"
        )


def check_given(scheme: Integrator, given: dict[str, Any], owner: str) -> None:
    """Raise `HyperparameterError` for an argument that the step would not read.

    `given` holds the arguments by name, None for those that were left out.
    """
    letters = letters_of(scheme)
    here = {name for name, value in given.items() if value is not None}
    if "tau" in here:
        for name in sorted(here & {"lr", "momentum", "averaging"}):
            raise HyperparameterError(
                f"{owner}: {name} and step are both given, and a step of a length in H's own time "
                f"has no {name}: friction and energy are those of H; leave one of them out"
            )
    if "momentum" in here and not letters & {"C", "N"}:
        raise HyperparameterError(
            f"{owner}: momentum is {given['momentum']!r}, but '{scheme}' has neither C nor N, so "
            "nothing cools and momentum has no effect; leave it out, or add C, as in 'C K D'"
        )
    if "temperature" in here and "N" not in letters:
        raise HyperparameterError(
            f"{owner}: temperature is {given['temperature']!r}, but '{scheme}' has no N, so that "
            "no heat bath is there; leave it out, or add N, as in 'K N D'"
        )


def letters_of(scheme: Integrator) -> frozenset[str]:
    """The letters of the flows that a word keeps; a look-ahead is undone."""
    return frozenset("".join(each.letters for each in scheme.word if not each.ahead))
