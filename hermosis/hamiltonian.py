"""What a user states: the energy of a learning system, in about ten lines."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

from hermosis.definition import Definition
from hermosis.errors import DefinitionError, HyperparameterError
from hermosis.hyperparameters import check_number
from hermosis.profiles import Exponential, Profile

if TYPE_CHECKING:
    from derivations.document import Document
    from derivations.energy import Energy
    from derivations.equations import Equations
    from derivations.proof import Proof
    from derivations.rule import Rule
    from hermosis.flow import FlowResult
    from hermosis.integrators import Integrator
    from hermosis.optimizer import Optimizer


class Hamiltonian(Definition):
    """The energy of a learning system, H = K(X, β) + V(L, w, β) + E(U, β).

    A subclass declares its parameters as annotated fields with defaults and overrides any of
    `kinetic`, `potential` and `thermal`; an H that is no such sum overrides `energy`. From the
    class follow its equations of motion, its update rules, its optimizers and its derivation.
    The base class itself is the classical system: K = (β/2k)X², V = (βc²/k)L.

    Parameters
    ----------
    profile : how the thermal mass β grows; exponential cooling with γ = 1 unless given.

    Source: Hermosis, Learning Dynamics, "Application".

    >>> import hermosis as hm
    >>> class SoftSign(hm.Hamiltonian):
    ...     sharpness: float = 1.0
    ...     def kinetic(self, X, beta):
    ...         energy = hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2
    ...         return beta / hm.k * energy
    >>> SoftSign(sharpness=2.0).equations().w
    -tanh(X*sharpness)/(h*sharpness)
    """

    _own: ClassVar[frozenset[str]] = frozenset({"profile"})

    profile: Profile = dataclasses.field(default=Exponential(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.profile, Profile):
            raise DefinitionError(
                f"{type(self).__name__}: profile is {self.profile!r}, not a thermal profile; "
                "give one such as hm.Exponential(0.1)"
            )
        both = set(self.fields()) & set(self.profile.fields())
        if both:
            raise DefinitionError(
                f"{type(self).__name__} and its profile {type(self.profile).__name__} both have a "
                f"parameter {min(both)!r}; rename the one of {type(self).__name__}"
            )

    def all_hyperparameters(self) -> dict[str, Any]:
        """The hyperparameters of H and of its profile, and their values."""
        return self.hyperparameters() | self.profile.hyperparameters()

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy as an expression of one component X, the sums of it, and β."""
        from derivations import energies

        return energies.classical(X, beta)

    def potential(self, L: Any, w: Any, beta: Any) -> Any:
        """Return the potential energy as an expression of the loss L, w and β."""
        from derivations import energies

        return energies.potential(L, self.profile.weight(beta))

    def thermal(self, U: Any, beta: Any) -> Any:
        """Return the thermal energy as an expression of the internal energy U and β."""
        from derivations import energies

        return energies.thermal(U, self.profile.rate(beta))

    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        """Return the whole H; the sum of the three terms unless overridden."""
        return self.kinetic(X, beta) + self.potential(L, w, beta) + self.thermal(U, beta)

    @classmethod
    def is_whole(cls) -> bool:
        """Whether the class gives H whole, by `energy`, instead of term by term."""
        return cls.energy is not Hamiltonian.energy

    def expression(self) -> Any:
        """Return H as a SymPy expression, with a positive symbol for each parameter."""
        from derivations.expressions import exact_expression
        from derivations.symbols import L, U, X, beta, w

        return exact_expression(self._asked("energy", w, X, U, beta, L), "energy")

    def terms(self) -> Energy:
        """Return the terms of H; raises `EnergyError` or `NotSplitError` where they overlap."""
        from derivations.energy import Energy, split
        from derivations.symbols import L, U, X, beta, w

        if self.is_whole():
            return split(self.expression())
        return Energy(
            self._asked("kinetic", X, beta),
            self._asked("potential", L, w, beta),
            self._asked("thermal", U, beta),
        )

    def _asked(self, method: str, *symbols: Any) -> Any:
        """Call one of the energies with symbols; say what to do where it needs numbers."""
        twin = self.symbolic(profile=self.profile.symbolic())
        try:
            return getattr(twin, method)(*symbols)
        except (TypeError, AttributeError) as error:
            raise DefinitionError(
                f"{type(self).__name__}.{method} cannot be derived ({error}); it is called with "
                "symbols, so write it with hm.total, hm.norm2, hm.sqrt, hm.exp, hm.tanh, … and not "
                "with NumPy or math"
            ) from error

    def equations(self) -> Equations:
        """Return the Hermosis equations of H: `.w`, `.X`, `.U`, `.beta`, `.latex()`."""
        from derivations.equations import hermosis_equations
        from derivations.tidy import tidy

        rates = hermosis_equations(self.expression())
        return type(rates)(
            **{f.name: tidy(getattr(rates, f.name)) for f in dataclasses.fields(rates)}
        )

    def rule(self, integrator: str | Integrator = "C K D") -> Rule:
        """Return the update rule of a word, in PyTorch's form if H allows it.

        Raises `WordError`, `NoExactFlowError`.
        """
        from hermosis.blueprint import of_hamiltonian

        return of_hamiltonian(self, integrator).rule()

    def derivation(self, integrator: str | Integrator = "C K D") -> Document:
        """Return the whole derivation; `.write(path)` makes a .tex, .pdf, .html or .md of it."""
        from derivations.derivation import derivation
        from hermosis.blueprint import of_hamiltonian

        plan = of_hamiltonian(self, integrator)
        name, terms = type(self).__name__, self.terms()
        return derivation(name, terms, plan.law(), plan.rule(), self.reductions())

    def reductions(self) -> tuple[Proof, ...]:
        """Return the reductions to known methods that hold for this H, each with its proof."""
        from derivations.reductions import of_energy

        return of_energy(type(self).__name__, self.terms(), self.profile.law())

    def flow(
        self, loss: Any, w0: Any, t: float = 10.0, *, jac: Any = None, **options: Any
    ) -> FlowResult:
        """Integrate the continuous flow by SciPy, with U and β; see `hermosis.flow.flow`."""
        from hermosis.flow import flow

        return flow(self, loss, w0, t, jac=jac, **options)

    def optimizer(
        self,
        lr: Any = None,
        momentum: Any = None,
        *,
        step: Any = None,
        integrator: str | Integrator = "C K D",
        weight_decay: Any = 0.0,
        decoupled: bool = False,
        backend: str = "auto",
        temperature: Any = None,
        **fractions: Any,
    ) -> Optimizer:
        """Return an optimizer that integrates H.

        Parameters
        ----------
        lr, momentum : PyTorch's form, X ← momentum·X + gradient, then w ← w − lr·∇κ(X), for a
            kinetic energy (β/k)κ(X). Without `momentum` the profile cools at its own rate, in
            units of one step.
        step : the physical form instead: the length of a step in the time of H, with k = h = c = 1.
        integrator : a word of flows, a named integrator, or an `Integrator`.
        weight_decay, decoupled : added to the gradient, or through the shrink flow.
        backend : "numpy", "numba", or "auto": Numba where it is installed.
        temperature : of the heat bath, for a word with N.
        fractions : the parameters of an integrator that has some, such as `alpha`.

        Each number may be a callable of the step number, or a dict or list that gives the
        branches of the parameter set their own. Raises `HyperparameterError`, `WordError`,
        `NoExactFlowError`, `BackendError`.
        """
        from hermosis.blueprint import of_hamiltonian
        from hermosis.implicit import ImplicitOptimizer
        from hermosis.integrators import Integrator, resolve
        from hermosis.optimizer import Optimizer

        scheme = resolve(integrator)
        if not isinstance(scheme, Integrator):
            return ImplicitOptimizer(self, scheme, step, lr, momentum, weight_decay)
        unknown = sorted(set(fractions) - set(scheme.parameters))
        if unknown:
            own = ", ".join(scheme.parameters) or "none"
            raise HyperparameterError(
                f"{type(self).__name__}.optimizer has no parameter {unknown[0]!r}; the integrator "
                f"'{scheme}' has {own}, and the parameters of H are given to its class"
            )
        given = {"lr": lr, "momentum": momentum, "tau": step, "temperature": temperature}
        given |= fractions
        for name, value in given.items():
            if value is not None:
                check_number(name, value, type(self).__name__)
        check_number("weight_decay", weight_decay, type(self).__name__)
        blueprint = of_hamiltonian(
            self,
            scheme,
            physical=step is not None,
            damped=momentum is not None,
            decay="none"
            if weight_decay == 0 and not decoupled
            else "shrink"
            if decoupled
            else "l2",
        )
        values = {name: value for name, value in given.items() if value is not None}
        if weight_decay != 0 or decoupled:
            values["weight_decay"] = weight_decay
        values = self.all_hyperparameters() | values
        return Optimizer(blueprint, values, backend=backend, hamiltonian=self)
