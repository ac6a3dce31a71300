"""Steps for an H that does not split: the implicit midpoint rule, and Tao's two bound copies.

Both act on the canonical variables, positions (w, U) and momenta (Y = βX, β), so both are exactly
symplectic there. A caller hands in and gets back the working variables (w, X, U, β).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias, final

import numpy as np
import numpy.typing as npt

from hermosis.integrators.errors import ConvergenceError, IntegratorError

Array: TypeAlias = npt.NDArray[np.float64]

#: ∂H/∂w, ∂H/∂Y, ∂H/∂U and ∂H/∂β (at constant w, Y, U), as one function of (w, X, U, β).
Partials: TypeAlias = Callable[[Array, Array, float, float], tuple[Array, Array, float, float]]


class Phase(NamedTuple):
    """A point of phase space in the working variables; `w` and `X` are 1-D float arrays."""

    w: Array
    X: Array
    U: float
    beta: float


#: What a method carries from step to step: one or more copies; the first is the answer.
State: TypeAlias = tuple[Phase, ...]


@dataclass(frozen=True)
class Implicit(ABC):
    """A method that needs the partial derivatives of H, not the flows of its terms.

    Every method here is of order 2 and symmetric: a step back undoes a step.
    """

    order: ClassVar[int] = 2
    symmetric: ClassVar[bool] = True
    copies: ClassVar[int]
    reference: ClassVar[str]

    @property
    def name(self) -> str:
        """What `resolve` knows it by."""
        return type(self).__name__

    def start(self, phase: Phase) -> State:
        """Return the state to begin with: as many copies of a point as the method carries."""
        return (phase,) * self.copies

    @abstractmethod
    def step(self, partials: Partials, state: State, tau: float, rate: float = 1.0) -> State:
        """Return the state a time `tau` later; what it was given is left as it is.

        Parameters
        ----------
        partials : callable
            The partial derivatives of H in canonical variables; see `Partials`.
        state : tuple of Phase
            What `start` or the last step returned.
        tau : float
            Length of the step; negative to run back.
        rate : float
            k/h, the unit of information over the unit of action.
        """


@final
@dataclass(frozen=True)
class ImplicitMidpoint(Implicit):
    """The implicit midpoint rule, solved by iteration and, where that fails, by Newton–Krylov.

    Parameters
    ----------
    tolerance : float
        Largest error of the midpoint, relative to the largest coordinate.
    iterations : int
        Most evaluations of the partial derivatives before Newton–Krylov takes over.

    Raises
    ------
    ConvergenceError
        Neither finds the midpoint; a smaller `tau` will.

    Examples
    --------
    >>> def partials(w, X, U, beta):  # H = (β/2)(X² + w²), so Y = βX
    ...     return beta * w, X, 0.0, float(w @ w - X @ X) / 2
    >>> method = ImplicitMidpoint()
    >>> state = method.start(Phase(np.array([1.0]), np.array([0.0]), 0.0, 1.0))
    >>> (after,) = method.step(partials, state, tau=0.1)
    >>> f"{after.w @ after.w + after.X @ after.X:.12f}"
    '1.000000000000'
    """

    tolerance: float = 1e-14
    iterations: int = 50

    copies: ClassVar[int] = 1
    reference: ClassVar[str] = "Hairer, Lubich, Wanner (2006), sections VI.3 and VIII.6"

    def step(self, partials: Partials, state: State, tau: float, rate: float = 1.0) -> State:
        """Return the state a time `tau` later."""
        (phase,) = state
        begin = np.concatenate(_canonical(phase))

        def defect(middle: Array) -> Array:
            by_position, by_momentum = _gradient(partials, *np.split(middle, 2))
            velocity = np.concatenate((by_momentum, -by_position))
            change: Array = begin - middle + _time(tau, rate) / 2 * velocity
            return change

        with np.errstate(all="ignore"):
            middle = self._iterate(defect, begin)
            if middle is None:
                middle = self._newton(defect, begin, tau)
        return (_working(*np.split(2 * middle - begin, 2)),)

    def _iterate(self, defect: Callable[[Array], Array], begin: Array) -> Array | None:
        """Return the fixed point of middle + defect(middle), or None where it does not contract."""
        middle, limit = begin, math.inf
        for _ in range(self.iterations):
            change = defect(middle)
            size = float(np.max(np.abs(change)))
            if not size <= limit:
                return None
            middle, limit = middle + change, min(limit, 10 * size)
            if size <= self._allowed(middle):
                return middle
        return None

    def _newton(self, defect: Callable[[Array], Array], begin: Array, tau: float) -> Array:
        from scipy.optimize import NoConvergence, newton_krylov

        try:
            middle: Array = newton_krylov(defect, begin, f_tol=self._allowed(begin))
        except (NoConvergence, ValueError) as error:
            raise ConvergenceError(
                f"the implicit midpoint rule found no midpoint for a step of {tau:g} from "
                f"coordinates of up to {np.max(np.abs(begin)):.3g}; the state is as it was; "
                "take a smaller step, or a larger tolerance than "
                f"ImplicitMidpoint(tolerance={self.tolerance:g})"
            ) from error
        return middle

    def _allowed(self, point: Array) -> float:
        return self.tolerance * (1 + float(np.max(np.abs(point))))


@final
@dataclass(frozen=True)
class Tao(Implicit):
    """Tao's explicit method: two copies of phase space, each moved by the other, then bound.

    It is symplectic in the space of both copies, which stay together within O(τ²).

    Parameters
    ----------
    omega : float
        Strength of the binding; large against the frequencies of H, small against 1/(rate·τ).
    """

    omega: float = 10.0

    copies: ClassVar[int] = 2
    reference: ClassVar[str] = "Tao, Phys. Rev. E 94 (2016) 043303"

    def __post_init__(self) -> None:
        if not 0 < self.omega < math.inf:
            raise IntegratorError(
                f"Tao's binding omega is {self.omega}; it must be a positive number, such as 10"
            )

    def step(self, partials: Partials, state: State, tau: float, rate: float = 1.0) -> State:
        """Return the state a time `tau` later."""
        one, other = state
        q, p = _canonical(one)
        x, y = _canonical(other)
        time = _time(tau, rate)
        q, p, x, y = _cross(partials, time / 2, q, p, x, y)
        x, y, q, p = _cross(partials, time / 2, x, y, q, p)
        q, p, x, y = self._bind(time, q, p, x, y)
        x, y, q, p = _cross(partials, time / 2, x, y, q, p)
        q, p, x, y = _cross(partials, time / 2, q, p, x, y)
        return _working(q, p), _working(x, y)

    def _bind(self, time: float, q: Array, p: Array, x: Array, y: Array) -> tuple[Array, ...]:
        """Rotate the difference of the copies; their sum stays."""
        angle = 2 * self.omega * time
        turn, shift = math.cos(angle), math.sin(angle)
        apart_q = (turn * (q - x) + shift * (p - y)) / 2
        apart_p = (turn * (p - y) - shift * (q - x)) / 2
        middle_q, middle_p = (q + x) / 2, (p + y) / 2
        return middle_q + apart_q, middle_p + apart_p, middle_q - apart_q, middle_p - apart_p


def _cross(
    partials: Partials, time: float, q: Array, p: Array, x: Array, y: Array
) -> tuple[Array, ...]:
    """Flow of H(q, y): the position of one copy and the momentum of the other move the rest."""
    by_position, by_momentum = _gradient(partials, q, y)
    return q, p - time * by_position, x + time * by_momentum, y


def _time(tau: float, rate: float) -> float:
    """Return the time of Hamilton's equations: −h dz/dt = k {z, H} runs against them."""
    return -rate * tau


def _gradient(partials: Partials, position: Array, momentum: Array) -> tuple[Array, Array]:
    by_w, by_Y, by_U, by_beta = partials(*_working(position, momentum))
    return np.append(by_w, by_U), np.append(by_Y, by_beta)


def _canonical(phase: Phase) -> tuple[Array, Array]:
    w, X, U, beta = phase
    return np.append(w, U), np.append(np.multiply(beta, X), beta)


def _working(position: Array, momentum: Array) -> Phase:
    beta = float(momentum[-1])
    return Phase(position[:-1], momentum[:-1] / beta, float(position[-1]), beta)
