"""Blueprints: what an optimizer's step is derived from, before any formula is made.

A blueprint can name itself (`key`) without SymPy, so that a step that was derived before comes
from the cache; only when it is new does it derive its `rule`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hermosis.errors import HyperparameterError, NotSplitError
from hermosis.fingerprint import fingerprint
from hermosis.profiles import Constant, Exponential

if TYPE_CHECKING:
    import sympy as sp

    from derivations.energy import Energy
    from derivations.rule import Rule
    from derivations.thermal import ThermalLaw
    from hermosis.hamiltonian import Hamiltonian
    from hermosis.integrators import Integrator

Decay = Literal["none", "l2", "shrink"]


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
    def rule(self, ledger: bool = False) -> Rule:
        """Derive the update rule; `ledger` carries the internal energy along."""

    def gauge(self) -> Rule | None:
        """Derive what measures the energies at a state; None where there is no Hamiltonian."""
        return None


@dataclass(frozen=True)
class HamiltonianBlueprint(Blueprint):
    """A Hamiltonian, a word, and the form in which its step is parametrised.

    `physical` uses H's own time and units. Otherwise time counts steps, h = 1/lr, and a kick adds
    the gradient itself (a joint [CK] a moving average of it); `damped` sets the friction of the
    profile from the momentum, γ = −ln(momentum). `meaning` gives parameters another reading, as
    exact texts in the same names; `overdamped` takes the limit γτ → ∞, in which X is forgotten.
    """

    hamiltonian: Hamiltonian
    integrator: Integrator
    physical: bool = False
    damped: bool = False
    decay: Decay = "none"
    at_gradient_point: bool = False
    meaning: tuple[tuple[str, str], ...] = ()
    overdamped: bool = False

    @property
    def name(self) -> str:
        """The name of the Hamiltonian's class."""
        return type(self.hamiltonian).__name__

    @property
    def has_ledger(self) -> bool:  # type: ignore[override]
        """Whether internal energy and H can be followed: not in the overdamped limit.

        The shrink flow cools at a constant rate of its own. With it, H is followed where all of H
        scales with β and the profile's friction is constant, so that one U holds both heats.
        """
        if self.decay == "shrink":
            plain = type(self.hamiltonian.profile) in (Constant, Exponential)
            return plain and not self.overdamped and can_use_lr(self.hamiltonian)
        return not self.overdamped

    def key(self) -> str | None:
        """Return a text of all that determines the rule, or None."""
        own = fingerprint(type(self.hamiltonian))
        profile = fingerprint(type(self.hamiltonian.profile))
        if own is None or profile is None:
            return None
        flags = (self.physical, self.damped, self.decay, self.at_gradient_point)
        return repr((own, profile, str(self.integrator), flags, self.meaning, self.overdamped))

    def law(self) -> ThermalLaw:
        """Return the thermal law of H's profile."""
        return self.hamiltonian.profile.law()

    def rule(self, ledger: bool = False) -> Rule:
        """Derive the update rule in its own parametrisation."""
        import sympy as sp

        from derivations.composition import compose
        from derivations.symbols import momentum

        law, word = self.law(), self.integrator.word
        rule = compose(word, self.energy(), law, name=self.name, ledger=ledger)
        rule = rule.subs(self.form()).subs(self._meaning())
        if self.overdamped:
            return rule.subs({momentum: sp.S.Zero}).forgetful()
        return rule.from_gradient_point() if self.at_gradient_point else rule

    def gauge(self) -> Rule | None:
        """Derive kinetic and potential energy and heat for each unit of thermal mass."""
        from derivations.parametrisation import gauge

        if not self.has_ledger:
            return None
        rate = self._shrinking() if self.decay == "shrink" else None
        return gauge(self.energy(), self.law(), rate).subs(self.form()).subs(self._meaning())

    def energy(self) -> Energy:
        """Return the terms of H, weight decay among them."""
        from derivations.symbols import weight_decay

        energy = self.hamiltonian.terms()
        if self.decay == "l2":
            return energy.with_l2(weight_decay)
        return energy.with_shrink(self._shrinking()) if self.decay == "shrink" else energy

    def form(self) -> dict[sp.Expr, sp.Expr]:
        """Return the substitutions that make the step's parametrisation."""
        from derivations.parametrisation import lr_form, physical_form

        if self.physical:
            return physical_form()
        joint = any(len(letter.letters) > 1 for letter in self.integrator.word)
        return lr_form(self.law(), self.damped, joint)

    def _shrinking(self) -> sp.Expr:
        from derivations.symbols import lr, weight_decay

        return weight_decay if self.physical else lr * weight_decay

    def _meaning(self) -> dict[sp.Expr, sp.Expr]:
        from derivations.composition import exact
        from derivations.symbols import parameter

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

    def rule(self, ledger: bool = False) -> Rule:
        """Return the textbook rule."""
        from derivations import textbook

        return textbook.rule(self.method, **dict(self.options))


def of_hamiltonian(
    hamiltonian: Hamiltonian,
    integrator: str | Integrator,
    *,
    physical: bool | None = None,
    damped: bool | None = None,
    decay: Decay = "none",
) -> HamiltonianBlueprint:
    """Return the blueprint of a Hamiltonian and a word, with the shrink flow put in its place.

    For display (`physical` not given) the form is PyTorch's where H and its profile allow it.
    """
    from hermosis.integrators import Integrator, resolve

    scheme = resolve(integrator)
    if not isinstance(scheme, Integrator):
        raise NotSplitError(
            f"{scheme} is implicit and has no word of exact flows; minimize with "
            "hm.implicit.Optimizer instead"
        )
    if decay == "shrink":
        scheme = with_shrink(scheme)
    if physical is None:
        physical = not can_use_lr(hamiltonian)
        damped = not physical and "gamma" in hamiltonian.profile.fields()
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
    return HamiltonianBlueprint(hamiltonian, scheme, bool(physical), bool(damped), decay)


def with_shrink(scheme: Integrator) -> Integrator:
    """Put the letter S into a word that lacks it: outside a palindrome, else before the last D."""
    from derivations.words import Letter
    from hermosis.integrators import Integrator

    letters = list(scheme.word)
    if any("S" in letter.letters for letter in letters):
        return scheme
    if scheme.symmetric:
        half = Letter("S", "1/2")
        return Integrator([half, *letters, half])
    last = max(i for i, letter in enumerate(letters) if "D" in letter.letters and not letter.ahead)
    return Integrator([*letters[:last], Letter("S"), *letters[last:]])


def can_use_lr(hamiltonian: Hamiltonian) -> bool:
    """Whether H is (β/k)[κ(X) + c²L] plus its profile, so that lr and momentum describe it.

    A class that keeps the default potential and thermal energies is asked for its κ alone.
    """
    return _CONFORMAL.of(hamiltonian)


class _Conformal:
    """Answers whether a class is conformal, from the cache if it was asked before."""

    def of(self, hamiltonian: Hamiltonian) -> bool:
        from hermosis import cache

        own = fingerprint(type(hamiltonian)), fingerprint(type(hamiltonian.profile))
        key = None if None in own else repr(("conformal", *own))
        found = cache.load(key) if key else None
        if not isinstance(found, bool):
            found = self.derive(hamiltonian)
            if key:
                cache.save(key, found)
        return found

    @staticmethod
    def derive(hamiltonian: Hamiltonian) -> bool:
        from derivations.parametrisation import is_conformal

        try:
            return is_conformal(hamiltonian.terms(), hamiltonian.profile.law())
        except NotSplitError:
            return False


_CONFORMAL = _Conformal()
