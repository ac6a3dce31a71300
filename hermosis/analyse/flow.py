"""The continuous flow of H by SciPy, with internal energy and thermal mass, for reference."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.step import functions_of
from hermosis.errors import HyperparameterError, MissingGradientError, StructureError
from hermosis.run import parameters
from hermosis.run.parameters import ParameterSet

if TYPE_CHECKING:
    from hermosis.model.hamiltonian import Hamiltonian

Series = NDArray[np.float64]


@dataclass(frozen=True)
class FlowResult:
    """The trajectory of a flow, at times `t`.

    `w` and `X` have one row for each time and one column for each number of the parameter set;
    `U`, `beta` and `energy` (H, which the exact flow conserves) one entry for each time.
    `energy_at(w, X)` is H at any other point, with the last U and β unless they are given.
    """

    t: Series
    w: Series
    X: Series
    U: Series
    beta: Series
    energy: Series
    energy_at: Callable[..., float] = field(repr=False, compare=False)


def flow(
    hamiltonian: Hamiltonian,
    loss: Callable[[ParameterSet], Any],
    w0: ParameterSet,
    t: float = 10.0,
    *,
    jac: Callable[[ParameterSet], ParameterSet] | bool | None = None,
    X0: ParameterSet | None = None,
    U0: float = 0.0,
    beta0: float | None = None,
    points: int = 201,
    method: str = "DOP853",
    rtol: float = 1e-10,
    atol: float = 1e-12,
    **options: Any,
) -> FlowResult:
    """Integrate the Hermosis equations of H from rest, in units k = h = c = 1.

    Parameters
    ----------
    hamiltonian : any H, also one that does not split.
    loss, jac : the loss and its gradient, functions of a parameter set; or `jac=True`.
    w0, X0, U0, beta0 : the start; at rest, with U = 0 and the β(0) of the profile, unless given.
        A profile that begins at β = 0 needs a positive `beta0`.
    t : the length of the flow. `points` : how many times are kept, evenly spaced.
    method, rtol, atol, options : as in `scipy.integrate.solve_ivp`.

    >>> import numpy as np, hermosis as hm
    >>> result = hm.Hamiltonian(profile=hm.Constant()).flow(
    ...     lambda w: (0.5 * float(w @ w), w), np.array([1.0]), t=np.pi, jac=True)
    >>> bool(abs(result.w[-1, 0] + 1.0) < 1e-8)
    True
    """
    from scipy.integrate import solve_ivp

    start, structure, shapes = parameters.raveled(w0)
    momenta = np.zeros_like(start) if X0 is None else parameters.raveled(X0)[0]
    mass = start_of(hamiltonian) if beta0 is None else float(beta0)
    if not mass > 0:
        raise HyperparameterError(
            f"the profile {type(hamiltonian.profile).__name__} begins at β = {mass:g}, where the "
            "flow is not defined; give a positive beta0"
        )
    slopes = _slopes(loss, jac, structure, shapes)
    rates, energy = motion_and_energy(hamiltonian, shapes)
    values = {n: v(0) if callable(v) else v for n, v in hamiltonian.all_hyperparameters().items()}
    d = start.size

    def motion(_: float, z: Series) -> Series:
        w, X, (U, beta) = z[:d], z[d : 2 * d], z[2 * d :]
        value, gradient = slopes(w)
        return np.concatenate(rates(w, X, gradient, U=U, beta=beta, L=value, **values))

    z0 = np.concatenate([start, momenta, [U0, mass]])
    times = np.linspace(0.0, float(t), points)
    solution = solve_ivp(
        motion, (0.0, float(t)), z0, method, t_eval=times, rtol=rtol, atol=atol, **options
    )
    if not solution.success:
        raise HyperparameterError(f"SciPy could not follow the flow: {solution.message}")
    w, X, (U, beta) = solution.y[:d].T, solution.y[d : 2 * d].T, solution.y[2 * d :]

    def energy_at(w: Series, X: Series, U: float = U[-1], beta: float = beta[-1]) -> float:
        return float(energy(w, X, U=U, beta=beta, L=slopes(w)[0], **values))

    energies = np.array([energy_at(*row) for row in zip(w, X, U, beta, strict=True)])
    return FlowResult(solution.t, w, X, U, beta, energies, energy_at)


def start_of(hamiltonian: Hamiltonian) -> float:
    """Return β(0) as the profile states it."""
    start = hamiltonian.profile.start()
    return float(start) if isinstance(start, int | float) else 1.0


def _slopes(
    loss: Callable[[ParameterSet], Any],
    jac: Any,
    structure: parameters.Structure,
    shapes: list[tuple[int, ...]],
) -> Callable[[Series], tuple[float, Series]]:
    """Return the loss and gradient as functions of one flat vector."""
    if jac is not True and not callable(jac):
        raise MissingGradientError(
            "the flow needs the gradient of the loss; pass jac=gradient, or jac=True with a loss "
            "that returns (value, gradient)"
        )

    def slopes(flat: Series) -> tuple[float, Series]:
        w = parameters.unraveled(flat, structure, shapes)
        value, gradient = loss(w) if jac is True else (loss(w), jac(w))
        return float(value), parameters.raveled(gradient)[0]

    return slopes


def motion_and_energy(
    hamiltonian: Hamiltonian, shapes: Sequence[tuple[int, ...]] = ()
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Write the equations and H itself as NumPy functions of flat vectors.

    `shapes` are those of the arrays; an H that reads an array as a matrix needs them, and there
    may be one array only. Raises `StructureError` otherwise.
    """
    import sympy as sp

    from derivations.algebra.matrices import has_matrices
    from derivations.algebra.symbols import U, X, beta, w
    from derivations.emit.arrays import functional
    from derivations.emit.arrays.matrices import LANGUAGE
    from derivations.emit.program.program import program
    from derivations.step.parametrisation import physical_form
    from derivations.step.rule import Rule, Stage

    equations = hamiltonian.equations()
    motion = {w: equations.w, X: equations.X, U: equations.U, beta: equations.beta}
    total = {sp.Symbol("energy", real=True): hamiltonian.expression()}
    shape: tuple[int, ...] = (-1,)
    if any(map(has_matrices, total.values())):
        if len(shapes) != 1:
            raise StructureError(
                f"{type(hamiltonian).__name__} reads each array as a matrix, and its equations can "
                "be followed for one array only; use hm.minimize with a word such as 'C K D'"
            )
        shape = shapes[0]
    made = []
    for name, values in (("rates", motion), ("energy", total)):
        rule = Rule(name, (Stage(name, tuple(values.items())),)).subs(physical_form())
        source = functional.write(program(rule), LANGUAGE)
        made.append(_with_known(functions_of(source)["step"]))
    return _rates(made[0], shape), _energy(made[1], shape)


def _with_known(step: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be called with more scalars than it reads."""
    accepted = set(inspect.signature(step).parameters)

    def called(*arrays: Series, **scalars: float) -> Any:
        return step(*arrays, **{name: x for name, x in scalars.items() if name in accepted})

    return called


def _rates(step: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., tuple[Any, ...]]:
    def rates(w: Series, X: Series, gradient: Series, **scalars: float) -> tuple[Any, ...]:
        arrays = [array.reshape(shape) for array in (w, X, gradient)]
        dw, dX, dU, dbeta = step(*arrays, **scalars)
        dw, dX = (np.broadcast_to(d, arrays[0].shape).reshape(-1) for d in (dw, dX))
        return dw, dX, [dU], [dbeta]

    return rates


def _energy(step: Callable[..., Any], shape: tuple[int, ...]) -> Callable[..., float]:
    def energy(w: Series, X: Series, **scalars: float) -> float:
        arrays = [array.reshape(shape) for array in (w, X, np.zeros_like(w))]
        return float(step(*arrays, energy=0.0, **scalars)[-1])

    return energy
