"""PyTorch source: a function of tensors that runs eagerly and under `torch.compile`, on any device.

Its hyperparameters are Python floats, or tensors without axes, which may change from step to step
without compiling again and carry derivatives. Nothing in it reads a number back from a device.
"""

from __future__ import annotations

from derivations.emit.arrays import functional
from derivations.emit.arrays.infix import FUNCTIONS, MATH, Infix
from derivations.emit.program.program import Program

#: `math` takes no tensors and PyTorch's functions no floats, so formulas of numbers call helpers.
_OWN = {key: f"_{text}" for key, text in FUNCTIONS.items()} | {"Abs": "abs"}


def _helper(function: str) -> tuple[str, ...]:
    python, torch = MATH[function], f"torch.{FUNCTIONS[function]}"
    return (
        f"def {_OWN[function]}(number):",
        f'    """Return {FUNCTIONS[function]} of a float, or of a tensor."""',
        f"    return {torch}(number) if isinstance(number, torch.Tensor) else {python}(number)",
    )


def _bound(function: str, clamp: str, kept: str) -> tuple[str, ...]:
    swapped = f"torch.{clamp}(right, left) if isinstance(right, torch.Tensor)"
    return (
        f"def {_OWN[function]}(left, right):",
        f'    """Return the {kept} of two numbers, each a float or a tensor."""',
        "    if isinstance(left, torch.Tensor):",
        f"        return torch.{clamp}(left, right)",
        f"    return {swapped} else {MATH[function]}(left, right)",
    )


_SIGN = (
    "def _sign(number):",
    '    """Return the sign of a float, or of a tensor."""',
    "    if isinstance(number, torch.Tensor):",
    "        return torch.sign(number)",
    "    return float((number > 0) - (number < 0))",
)
_HELPERS = {_OWN[key]: _helper(key) for key in FUNCTIONS if key != "Abs"} | {
    "_sqrt": (
        "def _sqrt(number):",
        '    """Return the square root of a float, or of a tensor."""',
        "    return torch.sqrt(number) if isinstance(number, torch.Tensor) else math.sqrt(number)",
    ),
    "_sign": _SIGN,
    "_hypot": (
        "def _hypot(left, right):",
        '    """Return the root of the sum of two squares, of floats or tensors."""',
        "    if isinstance(left, torch.Tensor) and not isinstance(right, torch.Tensor):",
        "        right = torch.zeros_like(left) + right",
        "    if isinstance(right, torch.Tensor) and not isinstance(left, torch.Tensor):",
        "        left = torch.zeros_like(right) + left",
        "    return (torch if isinstance(left, torch.Tensor) else math).hypot(left, right)",
    ),
    functional.NORM: (
        "def _norm(array):",
        '    """Return the length of an array, squaring nothing too large or too small."""',
        "    largest = array.detach().abs().max() if array.numel() else array.new_zeros(())",
        "    scale = torch.where((largest > 0) & (largest < math.inf), largest, 1.0)",
        "    square = torch.sum((array / scale) ** 2)",
        "    some = square != 0  # at zero the length has no derivative, but its square has",
        "    return torch.where(some, scale * torch.sqrt(torch.where(some, square, 1.0)), 0.0)",
    ),
    "_maximum": _bound("Max", "clamp_min", "larger"),
    "_minimum": _bound("Min", "clamp_max", "smaller"),
}

LANGUAGE = functional.Language(
    imports=("import math", "", "import torch"),
    package="torch",
    scalars=Infix(_OWN, "_sqrt"),
    size="w.numel()",
    functions={"Max of a number": "clamp_min", "Min of a number": "clamp_max"},
    filled="torch.zeros_like({}) + {}",
    helpers=_HELPERS,
)


def write(program: Program) -> str:
    """Write a program as a PyTorch module with a function `step`."""
    return functional.write(program, LANGUAGE)
