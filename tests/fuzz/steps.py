"""Random optimizers, parameters, gradients and states, most of them odd in one way or another.

A call ends in a step whose numbers are finite, or in an error of `hermosis.errors` after which
parameters, state and gradient are what they were.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

import hermosis as hm
from hermosis.errors import HermosisError

SHARE = 8.0

Random = np.random.Generator
NAMES = tuple(
    name for name in hm.optimizers.__all__ if isinstance(getattr(hm.optimizers, name), type)
)


def pick(random: Random, choices: Any) -> Any:
    """Return one of some things."""
    return choices[int(random.integers(len(choices)))]


def odd_number(random: Random) -> Any:
    """Return what someone may give for a number."""
    return pick(
        random,
        (
            0.1,
            0.1,
            0.01,
            0.9,
            0.5,
            1.0,
            0,
            1,
            -1.0,
            1.5,
            1e308,
            1e-308,
            1e-30,
            np.nan,
            np.inf,
            -np.inf,
        )
        + (10**400, True, None, "0.1", b"1", 1j, [], {}, (), [0.1], {"a": 0.1}, np.float32(0.1))
        + (
            np.array(0.1),
            np.array([0.1, 0.2, 0.3]),
            np.array(["x"]),
            np.datetime64("2020"),
            object(),
        )
        + (lambda step: 0.1, lambda step: np.nan, lambda step: "x", lambda step: 0.1 / (1 + step))
        + (memoryview(b"abcdefgh"), np.timedelta64(1, "s"), range(3), 2**70, -0.0),
    )


def array(random: Random) -> Any:
    """Return an array, mostly a plain one."""
    shape = pick(random, ((3,), (3,), (3,), (1,), (0,), (), (2, 3), (17,), (5, 1)))
    made = np.asarray(random.normal(size=shape))
    kind = int(random.integers(30))
    if kind < 18:
        return made.astype(pick(random, (np.float64, np.float64, np.float32)))
    odd: tuple[Callable[[], Any], ...] = (
        lambda: made.astype(int),
        lambda: made.astype(complex),
        lambda: made.astype(np.float16),
        lambda: made.astype(">f8"),
        lambda: np.ma.masked_array(made),
        lambda: np.matrix(made) if made.ndim < 3 else made,
        lambda: np.repeat(made.reshape(-1), 2)[::2],
        lambda: made * pick(random, (1e300, 1e-300, np.nan, np.inf, 1e160, 1e-170)),
        lambda: _read_only(made),
        lambda: made.tolist(),
        lambda: pick(random, (None, "w", object(), 1.0, 3)),
        lambda: np.asfortranarray(made),
    )
    return odd[kind - 18]()


def _read_only(made: Any) -> Any:
    made.flags.writeable = False
    return made


def tree(random: Random) -> Any:
    """Return a parameter set."""
    kind = int(random.integers(8))
    if kind < 5:
        return array(random)
    if kind == 5:
        return [array(random), array(random)]
    if kind == 6:
        return {"a": array(random), "b": [array(random)]}
    same = array(random)
    return [same, same]


def like(random: Random, w: Any) -> Any:
    """Return a gradient for parameters, mostly one that fits."""
    if random.integers(12) == 0:
        return tree(random)
    if random.integers(12) == 0:
        return w
    if isinstance(w, dict):
        return {key: like(random, part) for key, part in w.items()}
    if isinstance(w, list):
        return [like(random, part) for part in w]
    if not isinstance(w, np.ndarray) or w.dtype.kind not in "fiu":
        return w
    made = np.asarray(random.normal(size=w.shape), w.dtype if w.dtype.kind == "f" else float)
    size = pick(random, (1.0,) * 12 + (0.0, 1e30, 1e-30, 1e200, 1e300, np.nan, np.inf))
    with np.errstate(all="ignore"):
        return made * made.dtype.type(size)


def seen(thing: Any) -> Any:
    """Return all that can be seen of parameters or a state, to compare it later."""
    if isinstance(thing, dict):
        return [(str(key), seen(part)) for key, part in thing.items()]
    if isinstance(thing, list | tuple):
        return [seen(part) for part in thing]
    if isinstance(thing, np.ma.MaskedArray):
        return (thing.data.tobytes(), thing.mask.tobytes())
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        return (thing.tobytes(), thing.shape, str(thing.dtype))
    if isinstance(thing, hm.State):
        chance = None if thing.random is None else str(thing.random.bit_generator.state)
        return (seen(thing.arrays), seen(thing.numbers), chance)
    return repr(thing)


def is_finite(thing: Any) -> bool:
    """Tell whether all numbers are finite."""
    if isinstance(thing, dict):
        return all(map(is_finite, thing.values()))
    if isinstance(thing, list | tuple):
        return all(map(is_finite, thing))
    is_real = isinstance(thing, np.ndarray) and thing.dtype.kind in "fiu"
    return not is_real or bool(np.isfinite(thing).all())


def optimizer(random: Random) -> Any:
    """Return an optimizer of the library, sometimes with odd hyperparameters."""
    kind = getattr(hm.optimizers, pick(random, NAMES))
    given: dict[str, Any] = {"backend": pick(random, ("llvm", "numpy"))}
    if random.integers(3) == 0:
        fields = [own.name for own in dataclasses.fields(kind) if own.name != "backend"]
        given[pick(random, fields)] = odd_number(random)
    return kind(**given)


def edited(random: Random, state: Any) -> None:
    """Damage a state in one way."""
    names = list(state.arrays)
    name = pick(random, names) if names else None
    ways: tuple[Callable[[], Any], ...] = (
        lambda: setattr(state, "step", odd_number(random)),
        lambda: setattr(state, "time", odd_number(random)),
        lambda: state.scalars.__setitem__("U", odd_number(random)),
        lambda: name and state.arrays.pop(name),
        lambda: name and state.arrays.__setitem__(name, [array(random)]),
        lambda: name and state.arrays.__setitem__(name, odd_number(random)),
        lambda: name and _filled(state.arrays[name], pick(random, (np.nan, np.inf, 1e300, 0.0))),
        lambda: state.arrays.__setitem__("Q", [np.zeros(3)]),
        lambda: setattr(state, "numbers", pick(random, (np.zeros(1), None, [0.0, 0.0, 0.0]))),
        lambda: setattr(state, "random", None),
    )
    ways[int(random.integers(len(ways)))]()


def _filled(arrays: list[Any], value: float) -> None:
    for own in arrays:
        with np.errstate(all="ignore"):
            own[...] = value


def call(random: Random) -> str:
    """Make an optimizer and some steps; return how that ended."""
    try:
        opt = optimizer(random)
        w = tree(random)
        state = opt.init(w)
    except HermosisError as error:
        return type(error).__name__
    for _ in range(int(random.integers(1, 4))):
        gradient = like(random, w)
        value = None if random.integers(3) else odd_number(random)
        try:
            if random.integers(12) == 0:
                edited(random, state)
            if random.integers(10) == 0:
                opt.set(lr=odd_number(random))
            before, given = seen((w, state)), seen(gradient)
        except HermosisError as error:
            return type(error).__name__
        was_finite = is_finite([w, list(state.arrays.values())])
        try:
            opt.step(w, gradient, state, value)
        except HermosisError as error:
            assert seen((w, state)) == before, f"{opt}: changed, though {error!r}"
            assert seen(gradient) == given, f"{opt}: changed the gradient, though {error!r}"
            return type(error).__name__
        assert not was_finite or is_finite([w, list(state.arrays.values())]), f"{opt}: not finite"
        if not _overlaps(gradient, w):
            assert seen(gradient) == given, f"{opt}: changed the gradient"
    copy.deepcopy((opt, state))
    return "steps made"


def _overlaps(gradient: Any, w: Any) -> bool:
    """Whether a gradient is the parameters themselves, which move."""
    own, other = _arrays(gradient), _arrays(w)
    return any(np.may_share_memory(a, b) for a in own for b in other)


def _arrays(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [x for part in thing.values() for x in _arrays(part)]
    if isinstance(thing, list | tuple):
        return [x for part in thing for x in _arrays(part)]
    return [thing] if isinstance(thing, np.ndarray) else []
