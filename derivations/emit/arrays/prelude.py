"""The helpers that a source with functions of matrices begins with, in each language.

A singular value below rounding counts as zero, and what it belongs to as zero too, so that the
polar factor of a zero matrix is zero. An eigenvalue below rounding counts as zero, and so does
what an array has in its direction if that is below rounding too; where the function has no value
at zero, the direction is left out, as in a pseudoinverse.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.algebra.matrices import (
    OfMatrix,
    Outer,
    QuadraticForm,
    Singular,
    SingularTotal,
    Through,
)
from derivations.emit.arrays.infix import HELPERS
from derivations.emit.program.program import Program


@dataclass(frozen=True)
class Library:
    """How a library says what the helpers need; `largest` is of an array that may be empty."""

    size: str
    ravel: str
    largest: str
    total: str
    number: str
    transpose: str
    svd: str
    check: tuple[str, ...] = ()
    quiet: str = ""


#: The helper of norms; squares within its bounds keep their digits in the precision of the array.
NUMPY_NORM = (
    "def _norm(array):",
    '    """Return the Euclidean length of an array, squaring nothing too large or too small."""',
    "    square = float(np.vdot(array, array))",
    "    if 1e-30 < square < 1e30 or 1e-280 < square < 1e280 and array.itemsize == 8:",
    "        return math.sqrt(square)",
    "    largest = float(np.max(np.abs(array), initial=0.0))",
    "    if not 0 < largest < math.inf:",
    "        return largest",
    "    scaled = array / largest",
    "    return largest * math.sqrt(np.vdot(scaled, scaled))",
)
_LIBRARIES = {
    "np": Library(
        size="array.size",
        ravel="array.reshape(-1)",
        largest="values.max(initial=0)",
        total="float(np.sum({}, dtype=np.float64))",
        number="0.0",
        transpose="vectors.T",
        svd="np.linalg.svd(matrix, full_matrices=False)",
        check=(
            "    if not np.isfinite({}).all():",
            '        raise np.linalg.LinAlgError("the matrix has NaN or infinity in it")',
        ),
        quiet='    with np.errstate(divide="ignore", invalid="ignore"):',
    ),
    "jnp": Library(
        size="array.size",
        ravel="array.reshape(-1)",
        largest="values.max(initial=0)",
        total="jnp.sum({})",
        number="jnp.zeros((), array.dtype)",
        transpose="vectors.T",
        svd="jnp.linalg.svd(matrix, full_matrices=False)",
    ),
    "torch": Library(
        size="array.numel()",
        ravel="array.reshape(-1)",
        largest="values.max().clamp(min=0)",
        total="torch.sum({})",
        number="array.new_zeros(())",
        transpose="vectors.mT",
        svd="torch.linalg.svd(matrix, full_matrices=False)",
    ),
}


def prelude(program: Program, package: str) -> tuple[str, ...]:
    """Return the lines of the helpers that a program calls, each after those that it calls."""
    library = _LIBRARIES[package]
    values = [value for stage in program.rule.stages for _, value in stage.assignments]
    needed = {type(node) for value in values for node in value.atoms(OfMatrix)}
    parts = (
        ({Singular, SingularTotal}, _matrix(library)),
        ({Through, QuadraticForm}, _modes(library, package)),
        ({Outer}, _outer(library)),
        ({Through}, _through(library)),
        ({QuadraticForm}, _quadratic_form(library)),
        ({Singular}, _singular(library, package)),
        ({SingularTotal}, _singular_total(library, package)),
    )
    return tuple(line for kinds, lines in parts if kinds & needed for line in ("", "", *lines))


def _matrix(library: Library) -> list[str]:
    return [
        "def _matrix(array):",
        '    """View an array as a matrix: a vector is one column, and rows are the first axis."""',
        "    rows = array.shape[0] if len(array.shape) > 1 else " + library.size,
        f"    return array.reshape(rows, {library.size} // rows)",
    ]


def _modes(library: Library, package: str) -> list[str]:
    indent = "    " if library.quiet else ""
    epsilon = f"{package}.finfo(values.dtype).eps * len(matrix)"
    return [
        "def _modes(function, matrix, array):",
        '    """Return Q, f(D) and Q^T x for a matrix Q D Q^T, with rounding as zero."""',
        *(line.format("matrix") for line in library.check),
        f"    values, vectors = {package}.linalg.eigh(matrix)",
        f"    along = {library.transpose} @ {library.ravel}",
        f"    epsilon = {epsilon}",
        f"    values = {package}.where(values > epsilon * {library.largest}, values, 0)",
        "    held = (values > 0) | (abs(along) > epsilon * abs(along).max())",
        *([library.quiet] if library.quiet else []),
        f"{indent}    factors = function(values)",
        f"    factors = {package}.where({package}.isfinite(factors), factors, 0)",
        f"    return vectors, factors, {package}.where(held, along, 0)",
    ]


def _outer(library: Library) -> list[str]:
    right = library.ravel.replace("array", "right")
    return [
        f"def {HELPERS[Outer]}(left, right):",
        '    """Return the products of all components of one array with all of another."""',
        f"    return {library.ravel.replace('array', 'left')}[:, None] * {right}",
    ]


def _through(library: Library) -> list[str]:
    return [
        f"def {HELPERS[Through]}(function, matrix, array):",
        '    """Apply a function of a symmetric matrix over its components to an array."""',
        f"    if {library.size} == 0:",
        "        return array",
        "    vectors, factors, along = _modes(function, matrix, array)",
        "    return (vectors @ (factors * along)).reshape(array.shape)",
    ]


def _quadratic_form(library: Library) -> list[str]:
    total = library.total.format("factors * along * along")
    return [
        f"def {HELPERS[QuadraticForm]}(function, matrix, array):",
        '    """Return x^T f(K) x for a symmetric matrix K over the components of x."""',
        f"    if {library.size} == 0:",
        f"        return {library.number}",
        "    _, factors, along = _modes(function, matrix, array)",
        f"    return {total}",
    ]


def _singular(library: Library, package: str) -> list[str]:
    return [
        f"def {HELPERS[Singular]}(function, array):",
        '    """Return U f(S) V^T for an array that is the matrix U S V^T, with f(0) = 0."""',
        f"    if {library.size} == 0:",
        "        return array",
        "    matrix = _matrix(array)",
        *(line.format("matrix") for line in library.check),
        f"    left, values, right = {library.svd}",
        f"    least = {package}.finfo(values.dtype).eps * max(matrix.shape) * {library.largest}",
        "    held = values > least",
        f"    factors = function({package}.where(held, values, 1))",
        f"    factors = {package}.where(held, factors, {package}.zeros_like(values))",
        "    return ((left * factors) @ right).reshape(array.shape)",
    ]


def _singular_total(library: Library, package: str) -> list[str]:
    values = f"{package}.linalg.svd(matrix, compute_uv=False)"
    if package == "torch":
        values = "torch.linalg.svdvals(matrix)"
    total = library.total.format(f"function(values) * {package}.ones_like(values)")
    return [
        f"def {HELPERS[SingularTotal]}(function, array):",
        '    """Return the sum of f(s) over the singular values of an array as a matrix."""',
        f"    if {library.size} == 0:",
        f"        return {library.number}",
        "    matrix = _matrix(array)",
        *(line.format("matrix") for line in library.check),
        f"    values = {values}",
        f"    return {total}",
    ]
