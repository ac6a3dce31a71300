"""A user's own Hamiltonian, given as `path/to/file.py:Class`, takes part like anyone else."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import math
import sys
import tokenize
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import Method
from benchmarks.engine.quantity import Quantity, Range
from benchmarks.errors import NotAnOptimizerClass

AROUND = 10.0
"""A field of the class is searched between its default divided and multiplied by this."""


def is_path(spec: str) -> bool:
    """Whether a word given to --optimizer means a file rather than a name."""
    return ".py" in spec


def load(spec: str, lr: Quantity, momentum: Quantity) -> Method:
    """The contestant that `path.py:Class` stands for.

    Its learning rate and momentum are searched like everyone's, and so is each of its own positive
    fields, around the default. Raises `NotAnOptimizerClass` without a file or a class to load.
    """
    path, _, name = spec.rpartition(":")
    if not path.endswith(".py") or not name:
        raise NotAnOptimizerClass(
            f"--optimizer came as {spec!r}; a file is due as path.py:Class, such as my.py:SoftSign."
        )
    found = _class_in(_module_at(Path(path)), name, spec)
    fields = _positive_fields(found)

    def build(lr: float, momentum: float, **chosen: float) -> Any:
        return found(**chosen).optimizer(lr=lr, momentum=momentum)

    space = {"lr": lr, "momentum": momentum}
    space |= {
        field: Quantity(f"{name}.{field}", Range(at / AROUND, at * AROUND))
        for field, at in fields.items()
    }
    note = inspect.cleandoc(found.__doc__ or "").split("\n\n")[0]
    return Method(name, "yours", space, build, note, "\n".join(texts(Path(path)).values()))


def texts(path: Path) -> dict[str, str]:
    """The text of a user's file, and of what it imports from its own folder, by path."""
    folder, found, waiting = path.resolve().parent, dict[str, str](), [path.resolve()]
    while waiting:
        file = waiting.pop()
        with tokenize.open(file) as opened:
            found[str(file)] = opened.read()
        for name in sorted(_imports(found[str(file)])):
            stated = getattr(sys.modules.get(name), "__file__", None)
            beside = Path(stated).resolve() if stated else folder
            if beside.suffix == ".py" and folder in beside.parents and str(beside) not in found:
                waiting.append(beside)
    return found


def _imports(text: str) -> set[str]:
    """The modules that a text names in its imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _module_at(path: Path) -> ModuleType:
    if not path.is_file():
        raise NotAnOptimizerClass(f"there is no file {str(path)!r}; give path.py:Class.")
    name = f"raced_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    module_spec = importlib.util.spec_from_file_location(name, path)
    if module_spec is None or module_spec.loader is None:
        raise NotAnOptimizerClass(f"{str(path)!r} cannot be imported as Python.")
    module = importlib.util.module_from_spec(module_spec)
    sys.modules[name] = module
    try:
        module_spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise NotAnOptimizerClass(
            f"{str(path)!r} stops with {type(error).__name__}: {error}. Run it alone to see why."
        ) from error
    return module


def _class_in(module: ModuleType, name: str, spec: str) -> Any:
    found = getattr(module, name, None)
    if not (inspect.isclass(found) and issubclass(found, hm.Hamiltonian)):
        there = [
            key
            for key, value in vars(module).items()
            if inspect.isclass(value)
            and issubclass(value, hm.Hamiltonian)
            and value.__module__ == module.__name__
        ]
        came = "nothing of that name" if found is None else f"a {type(found).__name__}"
        raise NotAnOptimizerClass(
            f"{spec!r}: came {came}; due a subclass of hm.Hamiltonian. "
            f"The file has: {', '.join(there) or 'none'}."
        )
    return found


def _positive_fields(found: Any) -> Mapping[str, float]:
    """The class's fields that are numbers with a positive default, and a range around it.

    Raises `NotAnOptimizerClass` for a field without a default, which nobody would set.
    """
    bare = [name for name in found.fields() if not hasattr(found, name)]
    if bare:
        raise NotAnOptimizerClass(
            f"{found.__name__}.{bare[0]} has no default; give it one, such as {bare[0]}: float = "
            "1.0, which the race searches from a tenth of it to ten times that."
        )
    defaults = {name: getattr(found, name) for name in found.fields()}
    return {
        name: float(default)
        for name, default in defaults.items()
        if isinstance(default, (int, float)) and not isinstance(default, bool)
        if 0 < default < math.inf
    }
