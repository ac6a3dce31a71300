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

from hermosis.method import Method
from hermosis.optimizer import Optimizer

for _module in pkgutil.iter_modules(__path__):
    _found = importlib.import_module(f"{__name__}.{_module.name}")
    for _name, _value in vars(_found).items():
        if (
            isinstance(_value, type)
            and issubclass(_value, Optimizer)
            and _value.__module__ == _found.__name__
        ):
            globals()[_name] = _value

_METHODS = {
    name: value
    for name, value in sorted(globals().items())
    if isinstance(value, type)
    and issubclass(value, Method)
    and value is not Method
    and not name.startswith("_")
}

__all__ = ["create", "names", *_METHODS]


def names(pattern: str = "*") -> tuple[str, ...]:
    """Return the names of the built-in optimizers that a glob pattern matches."""
    return tuple(name for name in _METHODS if fnmatchcase(name, pattern))


def __getattr__(name: str) -> Any:
    raise AttributeError(f"there is no optimizer {name!r}; there are {', '.join(_METHODS)}")


def create(name: str, **hyperparameters: Any) -> Method:
    """Build an optimizer by name. Raises `HyperparameterError` for a name that is none.

    >>> create("SGD", lr=0.5)
    SGD(lr=0.5)
    """
    from difflib import get_close_matches

    from hermosis.errors import HyperparameterError

    if name not in _METHODS:
        near = get_close_matches(name, _METHODS, n=3) or list(_METHODS)
        raise HyperparameterError(f"there is no optimizer {name!r}; there are {', '.join(near)}")
    return _METHODS[name](**hyperparameters)
