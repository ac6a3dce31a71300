"""Random calls of `minimize`, `ensemble` and of Hamiltonians' optimizers, with odd arguments.

A call ends in a result whose start is unchanged and whose numbers agree with its own loss, or in an
error of `hermosis.errors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import hermosis as hm
from hermosis.errors import HermosisError

from .steps import NAMES, Random, odd_number, pick, seen, tree

SHARE = 2.0

WELL = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
WORDS = (
    "C K D",
    "C D K",
    "K/2 C D K/2",
    "[CK] D",
    "C/2 D/2 K D/2 C/2",
    "Yoshida4",
    "D K",
    "C K",
    "",
) + ("K D D", "C {1/3}K {2/3}K D", "N C K D", "C K N D", "(D) C K", "Q", "C K D/0", "[CK")
FIELDS = (
    "lr",
    "momentum",
    "step",
    "weight_decay",
    "temperature",
    "averaging",
    "alpha",
    "decoupled",
)


def bowl(w: Any) -> tuple[float, Any]:
    """A bowl over any parameter set."""
    if isinstance(w, dict):
        parts = {key: bowl(part) for key, part in w.items()}
        return sum(own[0] for own in parts.values()), {k: own[1] for k, own in parts.items()}
    if isinstance(w, list):
        found = [bowl(part) for part in w]
        return sum(own[0] for own in found), [own[1] for own in found]
    return 0.5 * float(np.sum(np.square(w, dtype=float))), w


def losses(random: Random) -> tuple[Any, Any]:
    """Return a loss and its `jac`."""
    odd: tuple[tuple[Any, Any], ...] = (
        (bowl, True),
        (bowl, True),
        (bowl, True),
        (bowl, True),
        (WELL, None),
        (lambda w: np.sum(w * w), None),
        (lambda w: np.array([bowl(w)[0]]), lambda w: w),
        (lambda w: bowl(w)[0], lambda w: np.asarray(w).tolist()),
        (lambda w: (1j, w), True),
        (lambda w: ("x", w), True),
        (lambda w: (np.nan, w), True),
        (lambda w: (bowl(w)[0], None), True),
        (lambda w: bowl(w)[0], True),
        (lambda w: None, None),
        (bowl, "2-point"),
        (3, True),
        (_spoiling, True),
    )
    return pick(random, odd)


def _spoiling(w: Any) -> tuple[float, Any]:
    """A loss that writes into what it is given."""
    value, slope = bowl(w)
    slope = slope.copy() if isinstance(slope, np.ndarray) else slope
    if isinstance(w, np.ndarray) and w.ndim:
        w[...] = 7
    return value, slope


def optimizer(random: Random) -> Any:
    """Return an optimizer by its name, its class, or of a Hamiltonian and a word."""
    kind = int(random.integers(4))
    if kind == 0:
        return pick(random, (*NAMES, "adam", "Nonsense", None, 3, hm.Hamiltonian(), hm.Hamiltonian))
    if kind == 1:
        return getattr(hm.optimizers, pick(random, NAMES))()
    given: dict[str, Any] = {"lr": 0.1} if random.integers(2) else {"step": 0.1}
    given["integrator"] = pick(random, WORDS)
    if random.integers(2):
        given["momentum"] = 0.9
    if random.integers(3) == 0:
        given[pick(random, FIELDS)] = odd_number(random)
    return hm.Hamiltonian().optimizer(**given)


def start(random: Random) -> Any:
    """Return a start."""
    if random.integers(3) == 0:
        return tree(random)
    plain = (np.ones(2), np.ones(2, np.float32), [1, 2], 3.0, {"a": np.ones(2)}, np.ones(2, int))
    return pick(random, plain)


def call(random: Random) -> str:
    """Run something; return how that ended."""
    options: dict[str, Any] = {"steps": int(random.integers(0, 6))}
    if random.integers(3) == 0:
        names = ("steps", "tol", "ledger", "keep", "seed", "state", "callback", "progress")
        options[pick(random, names)] = pick(
            random, (odd_number(random), True, False, 1e-3, 3, lambda w: None, _stopping)
        )
    try:
        (fun, jac), w0, opt = losses(random), start(random), optimizer(random)
        before = seen(w0)
        result = hm.minimize(fun, w0, opt, jac=jac, **options)
    except HermosisError as error:
        return type(error).__name__
    except (TypeError, AttributeError) as error:
        if "lambda" in str(error) or fun in (3, WELL) or not callable(fun) or _is_users(error):
            return "the user's own error"
        raise
    assert seen(w0) == before, "the start was changed"
    assert result.status in (0, 1, 3, 99)
    if fun is bowl and result.status == 1 and jac is True:
        assert np.isclose(bowl(result.x)[0], result.fun, rtol=1e-6), "another loss at x"
    return f"status {result.status}"


def _stopping(w: Any) -> None:
    raise StopIteration


def _is_users(error: BaseException) -> bool:
    """Tell whether an error comes from the loss that was given."""
    trace, last = error.__traceback__, ""
    while trace is not None:
        last = trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    return last == __file__
