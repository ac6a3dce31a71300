"""Everything that a derivation can refuse, each with its own name."""

from __future__ import annotations


class HermosisError(ValueError):
    """An input that cannot be used; parameters and state are as they were."""


class DerivationError(HermosisError):
    """A statement about a Hamiltonian that cannot be derived."""


class NotScalarError(DerivationError):
    """An energy that has one value for each component instead of one for the system."""


class NoExactFlowError(DerivationError):
    """A term of H whose flow over a finite time has no closed form that could be verified."""


class NotSplitError(DerivationError):
    """An H that is not a sum of terms with exact flows."""


class ThermalProfileError(DerivationError):
    """A thermal profile f(β) whose β(t) could not be found, or that is not positive."""


class WordError(DerivationError):
    """A word of flows that is misspelt or whose fractions do not add to one."""


class BackendError(DerivationError):
    """A target language that the emitter does not know, or an expression that it cannot write."""


class NoLimitError(DerivationError):
    """A limit that does not exist, or that could not be found."""


class ProofError(DerivationError):
    """A step of a derivation that the machine could not confirm."""


class EnergyError(DerivationError):
    """An energy that depends on what it may not depend on."""


class UpdateError(DerivationError):
    """A textbook update that cannot be read."""


class UndefinedNameError(UpdateError):
    """A name in an update that is neither assigned nor declared."""


class TooLargeError(DerivationError):
    """A formula that there is no time to work on."""


class NotHamiltonianError(DerivationError):
    """An update that no Hamiltonian, profile, metric and word of the engine gives.

    `reason` says why, in a sentence; `witness` is the expression that shows it, if there is one.
    """

    def __init__(self, reason: str, witness: object = None) -> None:
        super().__init__(reason if witness is None else f"{reason}: {witness}")
        self.reason, self.witness = reason, witness

    def __reduce__(self) -> tuple[type[NotHamiltonianError], tuple[str, object]]:
        """Copy and pickle with the witness."""
        return type(self), (self.reason, self.witness)


class DocumentError(DerivationError):
    """A document that cannot be written in the form that was asked for."""


class TexError(DocumentError):
    """A PDF that could not be made: TeX is missing, or refused the document."""
