"""From a textbook update to its Hamiltonian: `hm.update` reads one, `hm.identify` finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derivations.lazy import lazy
from hermosis.derive.blueprint import Blueprint

if TYPE_CHECKING:
    import sympy as sp

    from derivations.identify import Given
    from derivations.identify.identification import Identification as Found
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from hermosis.run.optimizer import Optimizer


def identify(update: Given) -> Identification:
    r"""Find the Hamiltonian, thermal profile, metric and word that give an update, and prove it.

    Parameters
    ----------
    update : what `hm.update` returns, the rule of an optimizer, or pairs of a symbol and an
        expression in the letters of the theory, in order.

    Raises `NotHamiltonianError` with the reason, where none does.

    >>> import hermosis as hm
    >>> found = hm.identify(hm.update('''
    ...     m = b1*m + (1 - b1)*g
    ...     v = b2*v + (1 - b2)*g**2
    ...     theta = theta - lr*(m/(1 - b1**t))/(sqrt(v/(1 - b2**t)) + eps)
    ... ''', parameters=("lr", "b1", "b2", "eps")))
    >>> found.name, found.word, found.metric
    ('Adam', '[CK] M D', sqrt(v) + eps)
    >>> found.parameters["momentum"]
    b1
    """
    from derivations.identify import identify

    return Identification(identify(update))


@dataclass(frozen=True)
class Identification:
    """An update as a Hamiltonian system, proved: the found parts, and an optimizer that runs it."""

    found: Found

    @property
    def name(self) -> str | None:
        """The known method that it is; None for a new one."""
        return self.found.name

    @property
    def hamiltonian(self) -> Any:
        """The whole H, as a SymPy expression in the letters of the theory."""
        return self.found.hamiltonian

    @property
    def kinetic(self) -> Any:
        """κ(X) before the metric; the kinetic energy is (β/k)κ(X/√g)."""
        return self.found.kinetic

    @property
    def profile(self) -> Any:
        """The thermal law: `.rate` is f(β), `.start` is β(0)."""
        return self.found.profile

    @property
    def metric(self) -> Any:
        """The metric g, as an expression of its own moments; one where there is none."""
        metric = self.found.metric
        return 1 if metric is None else metric.tensor

    @property
    def moments(self) -> dict[str, Any]:
        """What each moment of the metric averages, or keeps the largest of."""
        metric = self.found.metric
        pairs = () if metric is None else (*metric.averages, *metric.records)
        return {str(symbol): value for symbol, value in pairs}

    @property
    def word(self) -> str:
        """The flows of a step, in order."""
        return self.found.word

    @property
    def parameters(self) -> dict[str, Any]:
        """What learning rate, momentum and averaging are in the update's own parameters."""
        return self.found.parameters

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know besides, each a sentence."""
        return self.found.notes

    @property
    def starts(self) -> dict[str, Any]:
        """The states that do not begin at zero, and what they begin at, in the weights w."""
        return {str(symbol): value for symbol, value in self.found.starts}

    @property
    def proof(self) -> Proof:
        """The proof that the system's step is the update."""
        return self.found.proof

    @property
    def rule(self) -> Rule:
        """The step that was composed, in the update's own parameters."""
        return self.found.derived

    def optimizer(self, *, backend: str = "auto", **values: Any) -> Optimizer:
        """Return an optimizer that runs the system, with a value for each parameter by its name.

        Raises `HyperparameterError` for a parameter that is missing, or that the update lacks.
        """
        from hermosis.errors import HyperparameterError
        from hermosis.run.identified import IdentifiedOptimizer

        names = self.found.called
        own = [n for n in map(str, self.rule.parameters) if n not in ("t", "count")]
        shown = [names.get(n, n) for n in own]
        unknown = sorted(set(values) - set(shown))
        if unknown:
            raise HyperparameterError(
                f"the update has no parameter {unknown[0]!r}; it has {', '.join(shown) or 'none'}"
            )
        missing = [n for n in shown if n not in values]
        if missing:
            raise HyperparameterError(
                f"the update needs a value for {', '.join(missing)}; give it by name, such as "
                f"{missing[0]}=0.1"
            )
        called = {n: names.get(n, n) for n in own}
        return IdentifiedOptimizer(IdentifiedBlueprint(self.found), values, called, backend)

    def latex(self) -> str:
        """Return H, the metric and the step as one block of LaTeX."""
        return self.found.latex()

    def _repr_latex_(self) -> str:
        return self.found._repr_latex_()

    def __str__(self) -> str:
        return str(self.found)


@dataclass(frozen=True)
class IdentifiedBlueprint(Blueprint):
    """The step of an identified system."""

    found: Found

    @property
    def name(self) -> str:
        """The known name, or what the update was called."""
        return (self.found.name or self.found.update.name).replace(", ", " ")

    def key(self) -> str | None:
        """Return the formulas of the step."""
        return repr(("identified", [repr(stage) for stage in self.found.derived.stages]))

    @property
    def starts(self) -> dict[str, tuple[sp.Expr, sp.Expr]]:
        """For each state that does not begin at zero: a and b of its start a·w + b."""
        return self.found.linear_starts

    @lazy
    def shares(self) -> frozenset[str]:
        """The hyperparameters that are what a state keeps in a step, or the rest of it."""
        kept = [self.found.parameters.get(name) for name in ("momentum", "averaging")]
        found = {x for part in kept if part is not None for x in (part, 1 - part) if x.is_Symbol}
        return frozenset(x.name for x in found)

    def rule(self) -> Rule:
        """Return the step, as it was composed."""
        return self.found.derived
