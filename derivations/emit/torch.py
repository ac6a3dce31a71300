"""PyTorch source: a function of tensors that runs eagerly and under `torch.compile`."""

from __future__ import annotations

import sympy as sp

from derivations.emit import functional
from derivations.emit.infix import FUNCTIONS, MATH, Infix
from derivations.emit.program import Program, has_sum


class Numbers(Infix):
    """Formulas of numbers: by `math`, and by PyTorch where the sum of a tensor is among them.

    PyTorch refuses Python floats in its functions, and `math` cuts derivatives off from tensors.
    """

    def name_of(self, function: str, arguments: tuple[sp.Expr, ...]) -> str:
        """Return the name of `math`'s function, or of PyTorch's for a tensor."""
        text = super().name_of(function, arguments)
        tensor = text.startswith("math.") and any(map(has_sum, arguments))
        return f"torch.{FUNCTIONS[function]}" if tensor else text

    def root_of(self, base: sp.Expr) -> str:
        """Return the name of the square root."""
        return "torch.sqrt" if has_sum(base) else self.root


LANGUAGE = functional.Language(
    imports=("import math", "", "import torch"),
    package="torch",
    scalars=Numbers(MATH, "math.sqrt"),
    size="w.new_tensor(w.numel())",
    functions={"Max of a number": "clamp_min", "Min of a number": "clamp_max"},
)


def write(program: Program) -> str:
    """Write a program as a PyTorch module with a function `step`."""
    return functional.write(program, LANGUAGE)
