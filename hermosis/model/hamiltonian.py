"""What a user states: the energy of a learning system, in about ten lines."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

from hermosis.errors import DefinitionError, HyperparameterError
from hermosis.model.definition import Definition
from hermosis.model.metric import Metric
from hermosis.model.profiles import Exponential, Profile
from hermosis.run.hyperparameters import check_number, is_zero

if TYPE_CHECKING:
    from derivations.document import Document
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from derivations.system.energy import Energy
    from derivations.system.equations import Equations
    from derivations.system.metric import Metric as DerivedMetric
    from hermosis.analyse.flow import FlowResult
    from hermosis.integrators import Integrator
    from hermosis.run.optimizer import Optimizer


class Hamiltonian(Definition):
    """The energy of a learning system, H = K(X, β) + V(L, w, β) + E(U, β).

    A subclass declares its parameters as annotated fields with defaults and overrides any of
    `kinetic`, `potential` and `thermal`; an H that is no such sum overrides `energy`. From the
    class follow its equations of motion, its update rules, its optimizers and its derivation.
    The base class itself is the classical system: K = (β/2k)X², V = (βc²/k)L.

    Parameters
    ----------
    profile : how the thermal mass β grows; exponential cooling with γ = 1 unless given.
    metric : what measures the moments, κ(X) → κ(X/√g); flat unless given.

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

    _own: ClassVar[frozenset[str]] = frozenset({"profile", "metric"})

    profile: Profile = dataclasses.field(default=Exponential(), kw_only=True)
    metric: Metric | None = dataclasses.field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.profile, Profile):
            raise DefinitionError(
                f"{type(self).__name__}: profile is {self.profile!r}, not a thermal profile; "
                "give one such as hm.Exponential(0.1)"
            )
        if not isinstance(self.metric, Metric | None):
            raise DefinitionError(
                f"{type(self).__name__}: metric is {self.metric!r}, not a metric; give one such as "
                "hm.metrics.RootMeanSquare()"
            )
        self._check_names()

    def _check_names(self) -> None:
        """Refuse two parameters of one name."""
        metric = {} if self.metric is None else self.metric.all_hyperparameters()
        for part, names in ((self.profile, self.profile.fields()), (self.metric, tuple(metric))):
            both = set(self.fields()) & set(names)
            if both:
                kind = "profile" if part is self.profile else "metric"
                raise DefinitionError(
                    f"{type(self).__name__} and its {kind} {type(part).__name__} both have a "
                    f"parameter {min(both)!r}; rename the one of {type(self).__name__}"
                )
        both = set(self.profile.fields()) & set(metric)
        if both:
            raise DefinitionError(
                f"the profile {type(self.profile).__name__} and the metric "
                f"{type(self.metric).__name__} both have a parameter {min(both)!r}; rename one"
            )

    def all_hyperparameters(self) -> dict[str, Any]:
        """The hyperparameters of H, of its profile and of its metric, and their values."""
        metric = {} if self.metric is None else self.metric.all_hyperparameters()
        return self.hyperparameters() | self.profile.hyperparameters() | metric

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy as an expression of one component X, the sums of it, and β.

        An override that takes a third argument, g, says itself where the metric stands in it.
        """
        from derivations.system import energies

        return energies.classical(X, beta)

    def potential(self, L: Any, w: Any, beta: Any) -> Any:
        """Return the potential energy as an expression of the loss L, w and β."""
        from derivations.system import energies

        return energies.potential(L, self.profile.weight(beta))

    def thermal(self, U: Any, beta: Any) -> Any:
        """Return the thermal energy as an expression of the internal energy U and β."""
        from derivations.system import energies

        return energies.thermal(U, self.profile.rate(beta))

    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        """Return the whole H; the sum of the three terms unless overridden."""
        flat = (1,) if self.names_metric() else ()
        kinetic = self.kinetic(X, beta, *flat)
        return kinetic + self.potential(L, w, beta) + self.thermal(U, beta)

    def kinetic_energy(self) -> Any:
        """Return the kinetic energy as a SymPy expression, measured by the metric."""
        return self.terms().kinetic

    @classmethod
    def names_metric(cls) -> bool:
        """Whether the kinetic energy takes g as an argument, and so says where it stands."""
        return "g" in inspect.signature(cls.kinetic).parameters

    @classmethod
    def is_whole(cls) -> bool:
        """Whether the class gives H whole, by `energy`, instead of term by term."""
        return cls.energy is not Hamiltonian.energy

    def expression(self) -> Any:
        """Return H as a SymPy expression, with a positive symbol for each parameter."""
        from hermosis.model.terms import expression

        return expression(self)

    def terms(self) -> Energy:
        """Return the terms of H; raises `EnergyError` or `NotSplitError` where they overlap."""
        from hermosis.model.terms import terms

        return terms(self)

    def flat_terms(self) -> Energy:
        """Return the terms of H before a metric measures the moments: for g = 1."""
        from hermosis.model.terms import stated

        return stated(self, 1)

    def derived_metric(self) -> DerivedMetric | None:
        """Return the metric as symbols; None for the flat one."""
        from derivations.algebra.symbols import beta

        if self.metric is None:
            return None
        return self.metric.derived(filled=beta / self.profile.law().weight)

    def equations(self) -> Equations:
        """Return the Hermosis equations of H: `.w`, `.X`, `.U`, `.beta`, `.moments`, `.latex()`."""
        from derivations.algebra.symbols import h
        from derivations.algebra.tidy import tidy
        from derivations.system.equations import hermosis_equations

        rates, metric = hermosis_equations(self.expression()), self.derived_metric()
        metric = metric and metric.moving(-h * rates.w)
        tidied = {name: tidy(getattr(rates, name)) for name in ("w", "X", "U", "beta")}
        own = () if metric is None else tuple((x, tidy(rate)) for x, rate in metric.rates)
        return type(rates)(**tidied, moments=own)

    def rule(self, integrator: str | Integrator = "C K D") -> Rule:
        """Return the update rule of a word, in PyTorch's form if H allows it.

        Raises `WordError`, `NoExactFlowError`.
        """
        from hermosis.derive.blueprint import of_hamiltonian

        return of_hamiltonian(self, integrator).rule()

    def derivation(self, integrator: str | Integrator = "C K D") -> Document:
        """Return the whole derivation; `.write(path)` makes a .tex, .pdf, .html or .md of it."""
        from hermosis.derive.blueprint import of_hamiltonian

        plan = of_hamiltonian(self, integrator)
        return plan.derivation(type(self).__name__, self.reductions())

    def reductions(self) -> tuple[Proof, ...]:
        """Return the reductions to known methods that hold for this H, each with its proof."""
        from derivations.reductions import of_energy

        name, law = type(self).__name__, self.profile.law()
        return of_energy(name, self.flat_terms(), law, self.derived_metric())

    def flow(
        self, loss: Any, w0: Any, t: float = 10.0, *, jac: Any = None, **options: Any
    ) -> FlowResult:
        """Integrate the continuous flow by SciPy, with U and β; see `hermosis.analyse.flow`."""
        from hermosis.analyse.flow import flow

        if self.metric is not None:
            raise DefinitionError(
                f"{type(self).__name__} has the metric {type(self.metric).__name__}, whose moments "
                "the reference flow does not follow; leave metric out"
            )
        return flow(self, loss, w0, t, jac=jac, **options)

    def optimizer(
        self,
        lr: Any = None,
        momentum: Any = None,
        *,
        averaging: Any = None,
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
        averaging : how much of a metric's averages stays in a step, such as 0.999; without it the
            metric's profile has its own rate.
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
        from hermosis.derive.blueprint import of_hamiltonian
        from hermosis.derive.effects import check_given
        from hermosis.integrators import Integrator, resolve
        from hermosis.model.kind import warn_where_not_convex
        from hermosis.run.implicit import ImplicitOptimizer
        from hermosis.run.optimizer import Optimizer

        warn_where_not_convex(self)
        scheme = resolve(integrator)
        if not isinstance(scheme, Integrator):
            if self.metric is not None:
                raise HyperparameterError(
                    f"{scheme} follows w, X, U and β, and not the moments of a metric; use a word, "
                    "such as integrator='C K D'"
                )
            return ImplicitOptimizer(self, scheme, step, lr, momentum, weight_decay)
        unknown = sorted(set(fractions) - set(scheme.parameters))
        if unknown:
            own = ", ".join(scheme.parameters) or "none"
            raise HyperparameterError(
                f"{type(self).__name__}.optimizer has no parameter {unknown[0]!r}; the integrator "
                f"'{scheme}' has {own}, and the parameters of H are given to its class"
            )
        given = {"lr": lr, "momentum": momentum, "averaging": averaging, "tau": step}
        given |= {"temperature": temperature} | fractions
        for name, value in given.items():
            if value is not None:
                check_number(name, value, type(self).__name__)
        if not isinstance(decoupled, bool):
            raise HyperparameterError(
                f"{type(self).__name__}: decoupled is {decoupled!r}; it is an option, True or False"
            )
        check_number("weight_decay", weight_decay, type(self).__name__)
        check_given(scheme, given, type(self).__name__)
        blueprint = of_hamiltonian(
            self,
            scheme,
            physical=step is not None,
            damped=momentum is not None,
            averaged=averaging is not None,
            decay="none"
            if is_zero(weight_decay) and not decoupled
            else "shrink"
            if decoupled
            else "l2",
        )
        values = {name: value for name, value in given.items() if value is not None}
        if not is_zero(weight_decay) or decoupled:
            values["weight_decay"] = weight_decay
        values = self.all_hyperparameters() | values
        return Optimizer(blueprint, values, backend=backend, hamiltonian=self)
