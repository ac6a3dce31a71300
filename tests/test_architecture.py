"""The house rules that a machine can check: who imports whom, where formulas stand."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("derivations", "hermosis", "benchmarks")
LAZY = {"sympy", "scipy", "matplotlib", "numba", "torch", "jax", "optax", "sklearn", "joblib"}
LONGEST_FILE = 300


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each(*folders: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", sources(*folders), ids=named)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(node: ast.AST) -> Iterator[str]:
    """The full dotted name of everything imported anywhere below `node`."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: write imports with their full name"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def imports_on_load(node: ast.AST) -> Iterator[str]:
    """The imports that run when the module is loaded: not in functions, not for types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from imports(child)
        else:
            yield from imports_on_load(child)


def top(name: str) -> str:
    return name.partition(".")[0]


def texts(module: ast.Module) -> Iterator[ast.Constant]:
    """The string constants that are no docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node


@each("derivations")
def test_derivations_stand_on_sympy_alone(path: Path) -> None:
    allowed = sys.stdlib_module_names | {"sympy", "derivations"}
    strangers = {name for name in imports(tree(path)) if top(name) not in allowed}
    assert not strangers, f"derivations/ may import SymPy and the standard library: {strangers}"


@each("hermosis")
def test_hermosis_never_looks_up_to_the_benchmarks(path: Path) -> None:
    assert not {name for name in imports(tree(path)) if top(name) in {"benchmarks", "tests"}}


@each("hermosis")
def test_hermosis_loads_heavy_libraries_when_first_needed(path: Path) -> None:
    heavy = {name for name in imports_on_load(tree(path)) if top(name) in LAZY}
    assert not heavy, f"import {heavy} inside the function that needs it"


@each("benchmarks", "examples")
def test_benchmarks_and_examples_use_public_names_only(path: Path) -> None:
    import hermosis

    module = tree(path)
    for name in imports(module):
        assert top(name) not in {"derivations", "tests"}, f"{name} is below the public names"
        if top(name) == "hermosis" and name != "hermosis":
            assert name.split(".")[1] in hermosis.__all__, f"{name} is not public"
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in {"hm", "hermosis"} and not node.attr.startswith("__"):
                public = node.attr in hermosis.__all__
                assert public, f"line {node.lineno}: {ast.unparse(node)} is not public"


def test_import_loads_none_of_the_heavy_libraries() -> None:
    script = "import json, sys, hermosis; print(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", script]
    loaded = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert LAZY.isdisjoint(loaded), LAZY.intersection(loaded)


def test_every_public_name_has_a_docstring() -> None:
    import hermosis

    assert not list(undocumented(hermosis))


def undocumented(module: ModuleType) -> Iterator[str]:
    """The public names of a module, and public methods of its classes, without a docstring."""
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.ismodule(thing):
            yield from undocumented(thing)
        if not isinstance(thing, type | FunctionType) or top(thing.__module__) not in PACKAGES:
            continue
        if not inspect.getdoc(thing):
            yield f"{module.__name__}.{name}"
        if inspect.isclass(thing):
            for method, member in inspect.getmembers(thing, _is_documentable):
                if not method.startswith("_") and not inspect.getdoc(member):
                    yield f"{module.__name__}.{name}.{method}"


def _is_documentable(member: object) -> bool:
    return inspect.isroutine(member) or isinstance(member, property)


@each(*PACKAGES, "tests", "docs", "examples")
def test_a_file_is_one_noun(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    assert lines <= LONGEST_FILE, "look for the second noun in this file"
    opened = ast.get_docstring(tree(path)) or not text.strip()
    assert opened, "open with a sentence on why the file exists"


@each("hermosis", "benchmarks")
def test_formulas_stand_in_derivations_only(path: Path) -> None:
    module = tree(path)
    for text in texts(module):
        formula = re.search(r"\\[A-Za-z]{3,}", text.value)
        assert not formula, f"line {text.lineno}: LaTeX is printed by derivations, never typed"
    of_sympy = {
        node.attr
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"sp", "sympy"}
    }
    assert of_sympy <= {"Expr", "S", "Symbol"}, f"{of_sympy}: formulas are made in derivations"


@each(*PACKAGES, "docs", "examples")
def test_nothing_runs_text_or_hides_an_error(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what may be caught"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            allowed = {"exec"} if named(path) == "hermosis/compile/step.py" else set()
            forbidden = {"eval", "exec", "__import__"} - allowed
            assert node.func.id not in forbidden, f"line {node.lineno}: {node.func.id}"
        if isinstance(node, ast.Call) and "sympify" in ast.unparse(node.func):
            assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), f"line {node.lineno}"
    assert not {"pickle", "marshal", "shelve"}.intersection(map(top, imports(tree(path))))


@each(*PACKAGES)
def test_nothing_is_imported_by_star(path: Path) -> None:
    assert not [name for name in imports(tree(path)) if name.endswith(".*")]
