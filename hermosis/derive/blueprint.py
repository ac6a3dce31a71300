"""Blueprints: what an optimizer's step is derived from, before any formula is made.

A blueprint can name itself (`key`) without SymPy, so that a step that was derived before comes
from the cache; only when it is new does it derive its `rule`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hermosis.derive.completion import is_kick, with_measure, with_shrink
from hermosis.derive.effects import check_word
from hermosis.derive.fingerprint import fingerprint
from hermosis.errors import HyperparameterError, NotSplitError
from hermosis.model.kind import can_use_lr
from hermosis.model.profiles import Constant, Exponential

if TYPE_CHECKING:
    import sympy as sp

    from derivations.document import Document
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from derivations.system.energy import Energy
    from derivations.system.thermal import ThermalLaw
    from hermosis.integrators import Integrator
    from hermosis.model.hamiltonian import Hamiltonian

#: No weight decay; added to the gradient; w shrunk by e^(−lr·λ); w shrunk by 1 − lr·λ.
Decay = Literal["none", "l2", "shrink", "textbook"]
#: Whether components that go uphill drift; and if not, whether the others go the farther for it.
Caution = Literal["no", "mask", "rescale"]


class Blueprint(ABC):
    """Where an update rule comes from."""

    has_ledger: bool = False

    @property
    @abstractmethod
    def name(self) -> str:
        """What the step is the step of."""

    @abstractmethod
    def key(self) -> str | None:
        """Return a text that determines the rule; None if something in it cannot be compared."""

    @abstractmethod
    def rule(self) -> Rule:
        """Derive the update rule."""

    def followed(self) -> tuple[Rule, Rule] | None:
        """Derive the rule that measures the energies first and carries U along, and the measure.

        None where there is no Hamiltonian.
        """
        return None


@dataclass(frozen=True)
class HamiltonianBlueprint(Blueprint):
    """A Hamiltonian, a word, and the form in which its step is parametrised.

    `physical` uses H's own time and units. Otherwise time counts steps, h = 1/lr, and a kick adds
    the gradient itself (a joint [CK] a moving average of it); `damped` sets the friction of the
    profile from the momentum, γ = −ln(momentum). `meaning` gives parameters another reading, as
    exact texts in the same names; `overdamped` takes the limit γτ → ∞, in which X is forgotten.
    `averaged` sets the friction of the metric, −ln(averaging); `dampened` kicks by the part
    1 − dampening of the gradient; `cautious` lets only components drift that go downhill;
    `at_once` writes the step as one simultaneous assignment.
    """

    hamiltonian: Hamiltonian
    integrator: Integrator
    physical: bool = False
    damped: bool = False
    decay: Decay = "none"
    at_gradient_point: bool = False
    meaning: tuple[tuple[str, str], ...] = ()
    overdamped: bool = False
    averaged: bool = False
    dampened: bool = False
    cautious: Caution = "no"
    at_once: bool = False

    @property
    def name(self) -> str:
        """The name of the Hamiltonian's class."""
        return type(self.hamiltonian).__name__

    @property
    def has_ledger(self) -> bool:  # type: ignore[override]
        """Whether internal energy and H can be followed: not in the overdamped limit.

        The shrink flow cools at a constant rate of its own. With it, H is followed where all of H
        scales with β and the profile's friction is constant, so that one U holds both heats. A
        metric changes the kinetic energy by itself, and a look-ahead kick or a cautious drift
        moves w by other moments than X.
        """
        ahead = any(x.ahead and is_kick(x) for x in self.integrator.word)
        if self.hamiltonian.metric is not None or self.cautious != "no" or ahead:
            return False
        if self.decay in ("shrink", "textbook"):
            plain = type(self.hamiltonian.profile) in (Constant, Exponential)
            return plain and not self.overdamped and can_use_lr(self.hamiltonian)
        return not self.overdamped

    def key(self) -> str | None:
        """Return a text of all that determines the rule, or None."""
        own = fingerprint(type(self.hamiltonian))
        profile = fingerprint(type(self.hamiltonian.profile))
        metric = "" if self.hamiltonian.metric is None else self.hamiltonian.metric.key()
        if None in (own, profile, metric):
            return None
        options = (self.hamiltonian.options(), self.hamiltonian.profile.options())
        flags = (self.physical, self.damped, self.decay, self.at_gradient_point, self.meaning)
        more = (self.overdamped, self.averaged, self.dampened, self.cautious, self.at_once)
        return repr((own, profile, metric, options, str(self.integrator), flags, more))

    def law(self) -> ThermalLaw:
        """Return the thermal law of H's profile."""
        return self.hamiltonian.profile.law()

    def rule(self) -> Rule:
        """Derive the update rule in its own parametrisation."""
        return self._rule(ledger=False)

    def followed(self) -> tuple[Rule, Rule] | None:
        """Derive the rule that measures the energies first and carries U along, and the measure."""
        if not self.has_ledger:
            return None
        gauge, rule = self.gauge(), self.carrying()
        return replace(rule, stages=(*gauge.stages, *rule.stages)), gauge

    def carrying(self) -> Rule:
        """Derive the update rule with the internal energy carried along."""
        return self._rule(ledger=True)

    def _rule(self, ledger: bool) -> Rule:
        import sympy as sp

        from derivations.algebra.symbols import momentum
        from derivations.step.composition import compose

        law, word = self.law(), self.integrator.word
        rule = compose(
            word, self.energy(), law, name=self.name, ledger=ledger, cautious=self.cautious
        )
        rule = rule.subs(self.form())
        if self.overdamped:
            rule = rule.subs({momentum: sp.S.Zero}).forgetful()
        rule = rule.subs(self._meaning())
        if self.at_once:
            return rule.at_once()
        return rule.from_gradient_point() if self.at_gradient_point else rule

    def derivation(self, name: str, reductions: tuple[Proof, ...] = ()) -> Document:
        """Return the whole derivation as a document, with what the step reduces to."""
        from derivations.book.derivation import derivation

        rule = replace(self.rule(), name=name)
        return derivation(name, self.energy(), self.law(), rule, reductions)

    def gauge(self) -> Rule:
        """Derive kinetic and potential energy and heat for each unit of thermal mass."""
        from derivations.step.parametrisation import gauge

        rate = self._shrinking() if self.decay in ("shrink", "textbook") else None
        return gauge(self.energy(), self.law(), rate).subs(self.form()).subs(self._meaning())

    def energy(self) -> Energy:
        """Return the terms of H, weight decay among them."""
        from derivations.algebra.symbols import weight_decay

        energy = self.hamiltonian.terms()
        if self.decay == "l2":
            return energy.with_l2(weight_decay)
        return energy if self.decay == "none" else energy.with_shrink(self._shrinking())

    def form(self) -> dict[sp.Expr, sp.Expr]:
        """Return the substitutions that make the step's parametrisation."""
        from derivations.step.parametrisation import dampened, lr_form, physical_form

        if self.physical:
            return physical_form()
        joint = any(len(letter.letters) > 1 for letter in self.integrator.word)
        form = lr_form(self.law(), self.damped, joint, self.averaged)
        return dampened(form) if self.dampened else form

    def _shrinking(self) -> sp.Expr:
        """Return the rate of the shrink flow, in the time of the form."""
        from derivations.algebra.symbols import lr, weight_decay
        from derivations.step.parametrisation import textbook_rate

        if self.decay == "textbook":
            return textbook_rate(lr * weight_decay)
        return weight_decay if self.physical else lr * weight_decay

    def _meaning(self) -> dict[sp.Expr, sp.Expr]:
        from derivations.algebra.symbols import parameter
        from derivations.step.composition import exact

        return {parameter(name): exact(text) for name, text in self.meaning}


@dataclass(frozen=True)
class TextbookBlueprint(Blueprint):
    """A rule that is written down in `derivations.textbook`, by name and variant."""

    method: str
    options: tuple[tuple[str, bool], ...] = ()

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.method

    def key(self) -> str | None:
        """Return the name and the options."""
        return repr((self.method, self.options))

    def rule(self) -> Rule:
        """Return the textbook rule."""
        from derivations import textbook

        return textbook.rule(self.method, **dict(self.options))


def of_hamiltonian(
    hamiltonian: Hamiltonian,
    integrator: str | Integrator,
    *,
    physical: bool | None = None,
    damped: bool | None = None,
    averaged: bool | None = None,
    decay: Decay = "none",
) -> HamiltonianBlueprint:
    """Return the blueprint of a Hamiltonian and a word, completed by what the word leaves out.

    The shrink flow and the measuring of a metric are put in their places.

    For display (`physical` not given) the form is PyTorch's where H and its profile allow it.
    """
    from hermosis.integrators import Integrator, resolve

    scheme = resolve(integrator)
    if not isinstance(scheme, Integrator):
        raise NotSplitError(
            f"{scheme} is implicit and has no word of exact flows; minimize with "
            "hm.implicit.Optimizer instead"
        )
    check_word(hamiltonian, scheme, shrinks=decay in ("shrink", "textbook"))
    if hamiltonian.metric is not None:
        scheme = with_measure(scheme, hamiltonian.metric.holds_velocity)
    if decay in ("shrink", "textbook"):
        scheme = with_shrink(scheme)
    if physical is None:
        physical = not can_use_lr(hamiltonian)
        damped = not physical and "gamma" in hamiltonian.profile.fields()
        averaged = not physical and _can_average(hamiltonian)
    if not physical and not can_use_lr(hamiltonian):
        raise HyperparameterError(
            f"{type(hamiltonian).__name__} is not of the form (β/k)[κ(X) + c²L] plus a profile, so "
            "it has no lr and momentum; use optimizer(step=…)"
        )
    if damped and "gamma" not in hamiltonian.profile.fields():
        raise HyperparameterError(
            f"the profile {type(hamiltonian.profile).__name__} sets its own friction and takes no "
            "momentum; leave momentum out, or use profile=hm.Exponential()"
        )
    if averaged and not _can_average(hamiltonian):
        raise HyperparameterError(
            f"{type(hamiltonian).__name__} has no metric whose profile takes its friction from "
            "averaging; leave averaging out, or give metric=hm.metrics.RootMeanSquare()"
        )
    return HamiltonianBlueprint(
        hamiltonian, scheme, bool(physical), bool(damped), decay, averaged=bool(averaged)
    )


def _can_average(hamiltonian: Hamiltonian) -> bool:
    metric = hamiltonian.metric
    return metric is not None and "gamma" in metric.profile.fields()
