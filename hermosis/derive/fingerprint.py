"""A text that says all that a derivation can depend on, found without running the class.

It covers the code of every method of a class, the constants and functions that the code refers
to, through modules and closures, and its class attributes. What cannot be compared (an object of
unknown kind) gives None, and is then derived anew each time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_PLAIN = (int, float, complex, str, bytes, bool, type(None), Fraction)
#: Modules whose contents are fixed by their version.
_VERSIONED = (
    "sympy",
    "numpy",
    "math",
    "builtins",
    "hermosis",
    "derivations",
    "fractions",
    "typing",
)


class _Unknown(Exception):
    """Something that a fingerprint cannot cover."""


def fingerprint(cls: type) -> str | None:
    """Return a digest of a class and of all that its methods refer to, or None.

    >>> from hermosis.model.profiles import Constant, Exponential
    >>> fingerprint(Constant) != fingerprint(Exponential)
    True
    """
    try:
        parts = list(_class(cls, set()))
    except _Unknown:
        return None
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def environment() -> str:
    """Return a digest of the derivation engine itself and of the versions that it rests on."""
    digest = hashlib.sha256(sys.version.encode())
    for package in ("derivations", "hermosis"):
        for path in sorted((Path(__file__).parents[2] / package).rglob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    digest.update(np.__version__.encode())
    digest.update(_release("sympy"))
    return digest.hexdigest()


def _release(library: str) -> bytes:
    """Return what says the version of a library, without importing it or reading its metadata."""
    spec = importlib.util.find_spec(library)
    if spec is not None and spec.origin is not None:
        stated = Path(spec.origin).with_name("release.py")
        if stated.is_file():
            return stated.read_bytes()
    from importlib import metadata

    return metadata.version(library).encode()


def _class(cls: type, seen: set[Any]) -> Iterator[str]:
    for base in cls.__mro__:
        if id(base) in seen:
            continue
        seen.add(id(base))
        if base.__module__.partition(".")[0] in ("builtins", "abc", "typing", "hermosis"):
            yield f"{base.__module__}.{base.__qualname__}"
            continue
        yield f"class {base.__qualname__}"
        for name, value in sorted(vars(base).items()):
            if name in ("__module__", "__doc__", "__dict__", "__weakref__", "__firstlineno__"):
                continue
            if name.startswith("__") and name.endswith("__") and name != "__annotations__":
                continue
            yield name
            yield from _value(value, seen)


def _value(value: Any, seen: set[Any]) -> Iterator[str]:
    if isinstance(value, _PLAIN):
        yield repr(value)
    elif isinstance(value, tuple | list | frozenset | set):
        items = sorted(value, key=repr) if isinstance(value, frozenset | set) else value
        yield type(value).__name__
        for item in items:
            yield from _value(item, seen)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield repr(key)
            yield from _value(item, seen)
    elif isinstance(value, FunctionType):
        yield from _function(value, seen)
    elif isinstance(value, staticmethod | classmethod):
        yield from _value(value.__func__, seen)
    elif isinstance(value, property):
        for part in (value.fget, value.fset):
            yield from _value(part, seen)
    elif isinstance(value, ModuleType):
        if not _is_versioned(value.__name__):
            raise _Unknown(value)
        yield value.__name__
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield f"{value.dtype.str}{value.shape}{value.tobytes().hex()}"
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _class(type(value), seen)
        yield from _value({f.name: getattr(value, f.name) for f in dataclasses.fields(value)}, seen)
    elif type(value).__module__.startswith("sympy.") and not isinstance(value, type):
        yield sys.modules["sympy"].srepr(value)
    elif isinstance(value, type) and _is_versioned(value.__module__):
        yield f"{value.__module__}.{value.__qualname__}"
    elif isinstance(value, type):
        yield from _class(value, seen)
    elif _is_versioned(getattr(value, "__module__", "") or type(value).__module__):
        yield f"{type(value).__module__}.{getattr(value, '__qualname__', '')}{value!r}"
    else:
        raise _Unknown(type(value))


def _function(function: FunctionType, seen: set[Any]) -> Iterator[str]:
    if id(function) in seen:
        return
    seen.add(id(function))
    if _is_versioned(function.__module__):
        yield f"{function.__module__}.{function.__qualname__}"
        return
    yield from _code(function.__code__)
    yield from _value(function.__defaults__, seen)
    yield from _value(function.__kwdefaults__, seen)
    for cell in function.__closure__ or ():
        try:
            yield from _value(cell.cell_contents, seen)
        except ValueError as error:  # an empty cell
            raise _Unknown(cell) from error
    for name in sorted(_names(function.__code__)):
        if name in function.__globals__:
            yield name
            yield from _global(function.__globals__[name], _names(function.__code__), seen)


def _global(value: Any, names: set[str], seen: set[Any]) -> Iterator[str]:
    """Cover a module of the user's by the things of it that the code can name."""
    if isinstance(value, ModuleType) and not _is_versioned(value.__name__):
        for name in sorted(names):
            if hasattr(value, name) and (id(value), name) not in seen:
                seen.add((id(value), name))
                yield f"{value.__name__}.{name}"
                yield from _global(getattr(value, name), names, seen)
    else:
        yield from _value(value, seen)


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames, code.co_freevars))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        elif isinstance(constant, frozenset):
            yield repr(sorted(constant, key=repr))
        else:
            yield repr(constant)


def _names(code: CodeType) -> set[str]:
    inner = (_names(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)


def _is_versioned(module: str) -> bool:
    return module.partition(".")[0] in _VERSIONED
