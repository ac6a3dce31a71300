"""What a user states of a metric: the moments it is made of, and g as an expression of them."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

from hermosis.derive import cache
from hermosis.derive.fingerprint import fingerprint
from hermosis.errors import DefinitionError
from hermosis.model.definition import Definition
from hermosis.model.profiles import HotStart, Profile

if TYPE_CHECKING:
    from derivations.system.metric import Metric as Derived
    from derivations.system.metric import Moments
    from derivations.system.thermal import ThermalLaw


class Metric(Definition):
    """A metric g, which rescales a kinetic energy: κ(X) becomes κ(X/√g).

    A subclass declares its parameters as annotated fields with defaults and defines

    * `averages(self, G, X)`: a dict of moments, by name, and what each averages over time; `raw`
      among its arguments is X before the correction for its beginning by a hot start, `v` the
      velocity ∇κ(X), and the moments kept may be asked for by name;
    * `tensor(self, V, …)`: g, as an expression of the moments that its arguments name; `beta`
      among them is the metric's own thermal mass, and 1 − 1/β is how far averages that begin at
      zero have filled;
    * `records(self, V, …)`, if it has any: a dict of moments that keep the largest value yet;
    * `keeps(self, G, X)`, if it has any: a dict of moments that keep the latest value of an
      expression, so that the averages can tell how it has changed since the last measurement;
    * `covariance(self, K, …)`, if g is a function of one: `kappa` among the arguments of `tensor`
      stands for it, or for each of its eigenvalues where it is a matrix, as an average of
      `hm.outer(G, G)` is. A full metric measures the norm of the momentum over each array.

    Parameters
    ----------
    profile : the thermal profile of the moments; a hot start, whose averages are corrected for
        their beginning, unless given.

    Source: Guskov and Vanchurin, arXiv:2504.05279. Raises `DefinitionError`, and
    `MetricNotPositiveError` where g is not positive.

    >>> import hermosis as hm
    >>> class Quadratic(hm.Metric):
    ...     floor: float = 1e-8
    ...     def averages(self, G, X):
    ...         return {"V": G**2}
    ...     def tensor(self, V):
    ...         return hm.sqrt(V + self.floor)
    >>> hm.Hamiltonian(metric=Quadratic()).kinetic_energy()
    beta*Total(X**2/sqrt(V + floor))/(2*k)
    """

    _own: ClassVar[frozenset[str]] = frozenset({"profile"})
    #: Whether the moments X average the natural gradient g⁻¹∇L, so that X is a velocity.
    holds_velocity: ClassVar[bool] = False

    profile: Profile = dataclasses.field(default=HotStart(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.profile, Profile):
            raise DefinitionError(
                f"{type(self).__name__}: profile is {self.profile!r}, not a thermal profile; "
                "give one such as hm.HotStart(0.001)"
            )

    def averages(self, *drives: Any, **named: Any) -> dict[str, Any]:
        """Return the moments by name, each with what it averages."""
        raise DefinitionError(
            f"{type(self).__name__} does not say what it averages; define averages(self, G, X) to "
            'return a dict such as {"V": G**2}'
        )

    def tensor(self, *moments: Any, **named: Any) -> Any:
        """Return g as an expression of the moments."""
        raise DefinitionError(
            f"{type(self).__name__} does not say what g is; define tensor(self, V) to return it "
            "as an expression of the moments that its arguments name"
        )

    def records(self, *moments: Any, **named: Any) -> dict[str, Any]:
        """Return moments that keep the largest value yet of an expression."""
        return {}

    def keeps(self, *drives: Any, **named: Any) -> dict[str, Any]:
        """Return moments that keep the latest value of an expression."""
        return {}

    def covariance(self, *moments: Any, **named: Any) -> Any:
        """Return what g is a function of; None where it is one of the moments themselves."""
        return None

    def law(self) -> ThermalLaw:
        """Return the thermal law of the moments; its parameters end in `_g`."""
        from derivations.algebra.symbols import parameter
        from derivations.system.thermal import ThermalLaw

        law = self.profile.law()
        own = {parameter(name): parameter(f"{name}_g") for name in self.profile.fields()}
        return ThermalLaw(*(x.xreplace(own) for x in (law.rate, law.start, law.weight)))

    def all_hyperparameters(self) -> dict[str, Any]:
        """The hyperparameters of g and, with `_g` behind their names, those of its profile."""
        thermal = self.profile.hyperparameters()
        return self.hyperparameters() | {f"{name}_g": value for name, value in thermal.items()}

    def key(self) -> str | None:
        """Return a text of all that determines the metric's formulas; None if there is none."""
        own, profile = fingerprint(type(self)), fingerprint(type(self.profile))
        return None if None in (own, profile) else repr((own, profile, self.options()))

    def derived(self, filled: Any = 1) -> Derived:
        """Return the metric as symbols, checked to be positive.

        `filled` is the mass of the moments over the mass of the loss, which a hot start begins
        at zero. Raises `DefinitionError`, `MetricNotPositiveError`.
        """
        from derivations.algebra.matrices import EIGENVALUE, is_entry
        from derivations.algebra.symbols import G, X, beta_g, velocity
        from derivations.system.metric import Metric as Derived

        twin = self.symbolic(profile=self.profile.symbolic())
        kept = self._moments(twin, "keeps", {"G": G, "X": X})
        drives = {"G": G, "X": X, "raw": X * filled, "v": velocity}
        drives |= {symbol.name: symbol for symbol, _ in kept}
        averages = self._moments(twin, "averages", drives)
        known = {symbol.name: symbol for symbol, _ in averages} | {"beta": beta_g}
        records = self._moments(twin, "records", known)
        known |= {symbol.name: symbol for symbol, _ in records}
        covariance = self._asked(twin, "covariance", known)
        matrix = covariance if covariance is not None and is_entry(covariance) else None
        known["kappa"] = covariance if matrix is None else EIGENVALUE
        tensor = self._asked(twin, "tensor", known)
        made = Derived(averages, tensor, self.law(), records, self.holds_velocity, matrix, kept)
        self._check_positive(made)
        return made

    def _moments(self, twin: Metric, method: str, known: dict[str, Any]) -> Moments:
        """Return the symbols and expressions that a method states, by name."""
        from derivations.algebra.expressions import exact_expression

        stated = self._asked(twin, method, known)
        if not isinstance(stated, dict) or not all(isinstance(name, str) for name in stated):
            raise DefinitionError(
                f"{type(self).__name__}.{method} returned {stated!r}; it must be a dict of names "
                'and expressions, such as {"V": G**2}'
            )
        found = []
        for name, value in stated.items():
            _check_moment(type(self), name)
            drive = exact_expression(value, f"moment {name}")
            found.append((_symbol(name, drive), drive))
        return tuple(found)

    def _asked(self, twin: Metric, method: str, known: dict[str, Any]) -> Any:
        """Call a method with the symbols that its arguments name."""
        called = getattr(twin, method)
        given = [
            p.name
            for p in inspect.signature(called).parameters.values()
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
            and (p.default is p.empty or p.name in known)
        ]
        unknown = [name for name in given if name not in known]
        if unknown:
            raise DefinitionError(
                f"{type(self).__name__}.{method} asks for {unknown[0]!r}; it may ask for "
                f"{', '.join(known)}"
            )
        try:
            return called(**{name: known[name] for name in given})
        except (TypeError, AttributeError) as error:
            raise DefinitionError(
                f"{type(self).__name__}.{method} cannot be derived ({error}); it is called with "
                "symbols, so write it with hm.sqrt, hm.exp, … and not with NumPy or math"
            ) from error

    def _check_positive(self, made: Derived) -> None:
        """Try g at averages of a few gradients, with the numbers of this metric; once for each."""
        from hermosis.model.positivity import check_positive

        key = self.key()
        numbers = {n: 1.0 if callable(v) else v for n, v in self.all_hyperparameters().items()}
        name = None if key is None else repr(("positive", key, sorted(numbers.items(), key=str)))
        if name is not None and cache.load(name) is True:
            return
        check_positive(type(self).__name__, made, numbers)
        if name is not None:
            cache.save(name, True)


def _symbol(name: str, drive: Any) -> Any:
    """Return the symbol of a moment: an array like its drive, or one number."""
    import sympy as sp

    from derivations.algebra.components import is_component
    from derivations.algebra.matrices import Entry, is_entry
    from derivations.algebra.symbols import Component

    if is_entry(drive):
        return Entry(name)
    if is_component(drive):
        return Component(name, nonnegative=drive.is_nonnegative)
    return sp.Symbol(name, real=True, nonnegative=drive.is_nonnegative)


def _check_moment(cls: type[Metric], name: str) -> None:
    """Refuse the name of a moment that the theory, generated code or a field already uses."""
    import re

    from derivations.text.names import GENERATED
    from hermosis.model.definition import RESERVED

    taken = name in RESERVED or re.fullmatch(GENERATED, name) or name in cls.fields()
    if taken or not name.isidentifier():
        raise DefinitionError(
            f"{cls.__name__} has a moment {name!r}, a name that is already used or is none; "
            'choose another, such as "V"'
        )
