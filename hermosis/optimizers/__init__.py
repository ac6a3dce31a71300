"""Built-in optimizers: each file here is one method, found by itself.

>>> from hermosis import optimizers
>>> optimizers.Momentum(lr=0.1, momentum=0.9)
Momentum(lr=0.1, momentum=0.9)
>>> optimizers.names("*GD")
('NormalizedGD', 'SGD', 'SignSGD')
"""

from __future__ import annotations

import importlib
import pkgutil
from fnmatch import fnmatchcase
from typing import Any

from hermosis.model.method import Method
from hermosis.run.optimizer import Optimizer

#: Each file here by the name of its optimizer in small letters; it is imported when asked for.
_FILES = {found.name.replace("_", ""): found.name for found in pkgutil.iter_modules(__path__)}


def names(pattern: str = "*") -> tuple[str, ...]:
    """Return the names of the built-in optimizers that a glob pattern matches."""
    return tuple(name for name in _methods() if fnmatchcase(name, pattern))


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return ["create", "names", *_methods()]
    if name.startswith("__"):  # what Python asks of any module, and must not import anything
        raise AttributeError(name)
    found = _named(name)
    if found is None:
        raise AttributeError(f"there is no optimizer {name!r}; there are {', '.join(_methods())}")
    return found


def __dir__() -> list[str]:
    return ["create", "names", *_methods()]


def _named(name: str) -> type[Optimizer] | None:
    """Import the optimizer of a name alone; None where there is none."""
    file = _FILES.get(name.lower())
    return None if file is None else _optimizers_in(file).get(name)


def _methods() -> dict[str, type[Method]]:
    """Import every optimizer, and return by name those that are made from numbers alone."""
    found = [pair for file in _FILES.values() for pair in _optimizers_in(file).items()]
    return {name: made for name, made in sorted(found) if issubclass(made, Method)}


def _optimizers_in(file: str) -> dict[str, type[Optimizer]]:
    """Import one file, and put the optimizer that it holds where the next look finds it."""
    module = importlib.import_module(f"{__name__}.{file}")
    found = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Optimizer)
        and value.__module__ == module.__name__
    }
    globals().update(found)
    return found


def create(name: str, **hyperparameters: Any) -> Method:
    """Build an optimizer by name. Raises `HyperparameterError` for a name that is none.

    >>> create("SGD", lr=0.5)
    SGD(lr=0.5)
    """
    from difflib import get_close_matches

    from hermosis.errors import HyperparameterError

    found = _named(name)
    if found is None or not issubclass(found, Method):
        near = get_close_matches(name, _methods(), n=3) or list(_methods())
        raise HyperparameterError(f"there is no optimizer {name!r}; there are {', '.join(near)}")
    return found(**hyperparameters)
