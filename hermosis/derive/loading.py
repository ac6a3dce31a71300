"""A Hamiltonian by name: a built-in one, or a class in a user's own file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hermosis.errors import DefinitionError
from hermosis.model.hamiltonian import Hamiltonian

if TYPE_CHECKING:
    from hermosis.model.method import Method


def load(text: str) -> Hamiltonian:
    """Return the Hamiltonian that `NAME` or `path/to/file.py:Class` stands for.

    Raises `DefinitionError` where there is no such file or class, or it is no Hamiltonian.

    >>> load("Relativistic")
    Relativistic(profile=Exponential(gamma=1.0), delta=1.0)
    """
    path, separator, name = text.rpartition(":")
    found = _from_file(Path(path), name) if separator else _built_in(text)
    try:
        return found()
    except TypeError as error:
        raise DefinitionError(
            f"{text} cannot be built without arguments ({error}); give each field a default"
        ) from error


def load_method(name: str) -> Method | None:
    """Return the built-in optimizer of that name; None for a name of a Hamiltonian, or of none."""
    from hermosis import optimizers

    if name in built_in() or name not in optimizers.names():
        return None
    return optimizers.create(name)


def built_in() -> dict[str, type[Hamiltonian]]:
    """Return the Hamiltonians that come with hermosis, by name."""
    from hermosis.model import hamiltonians

    return _classes(vars(hamiltonians))


def _built_in(name: str) -> type[Hamiltonian]:
    known = built_in()
    if name in known:
        return known[name]
    raise DefinitionError(
        f"{name!r} is no Hamiltonian; there are {', '.join(known)}, and to derive also the "
        "optimizers of hermosis.optimizers, such as Adam; for a class of your own give "
        "its file and name, such as my.py:SoftSign"
    )


def _from_file(path: Path, name: str) -> type[Hamiltonian]:
    if not path.is_file():
        raise DefinitionError(f"there is no file {path}; give path/to/file.py:Class")
    own_name = f"file:{path.resolve()}"  # never that of a library
    spec = importlib.util.spec_from_file_location(own_name, path)
    if spec is None or spec.loader is None:
        raise DefinitionError(f"{path} is no Python file; give path/to/file.py:Class")
    module = importlib.util.module_from_spec(spec)
    sys.modules[own_name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise DefinitionError(f"{path} cannot be imported: {error!r}") from error
    value = getattr(module, name, None)
    if inspect.isclass(value) and issubclass(value, Hamiltonian):
        return value
    what = "has no such name" if value is None else f"has {value!r} there"
    own = [key for key in _classes(vars(module)) if key not in ("Hamiltonian",)]
    raise DefinitionError(
        f"{path} {what}, where a subclass of hermosis.Hamiltonian called {name!r} was due; "
        + (f"it defines {', '.join(own)}" if own else "it defines none")
    )


def _classes(names: dict[str, object]) -> dict[str, type[Hamiltonian]]:
    return {
        name: value
        for name, value in names.items()
        if inspect.isclass(value) and issubclass(value, Hamiltonian) and value is not Hamiltonian
    }
