"""A step of one small array in NumPy: one call of the source's own `step`, checked and undone.

All that does not change is bound beforehand, so that little is left to do beside the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from numpy import ndarray, vdot

from hermosis.run.parameters import ParameterSet
from hermosis.run.state import SCALARS, STEP, TIME, State

if TYPE_CHECKING:
    from hermosis.run.arrays import ArrayExecutor

#: The squares above which a gradient is so large that a step may overflow, by bytes of a number.
HUGE = {8: 2.0**256, 4: 2.0**64}
#: A length that is not huge in any precision.
_LARGE = 2.0**32
#: What formulas raise where a number is not defined.
UNDEFINED = (ArithmeticError, ValueError)

#: Makes a step of parameters with a gradient, a state, and the loss and the gradient's length
#: where these are known; answers whether it could.
Direct = Callable[[ParameterSet, Any, State, float | None, float | None], bool]


def direct_step(executor: ArrayExecutor) -> Direct | None:
    """Return a step that changes nothing where it cannot be made, or None where none ever could.

    So it can for one small array, and a rule that neither overflows nor waits for a gradient.
    """
    plan, pieces = executor.plan, executor.pieces
    if len(pieces) != 1 or not executor.single or not executor.small or executor.odd:
        return None
    if plan.guarded or plan.noises or not plan.gradient_at_start:
        return None
    (leaf,), ((_, _, before, behind),) = executor.leaves, pieces
    if executor.views:
        return None
    is_flat, precision, shape = before[0].ndim == leaf.ndim, leaf.dtype, leaf.shape
    huge, numbers, places = HUGE[leaf.itemsize], executor.numbers, executor.places
    own, written, count = executor.own, executor.written, executor.count
    # A product of two arrays is finite only where both are.
    pairs = list(zip_longest(written[::2], written[1::2], fillvalue=written[-1]))
    function, period = executor.program.functions["step"], executor.period
    write, memory = executor.form.pack_into, executor.memory
    inputs, scalars = plan.inputs, executor.scalars
    sets, given, length = None, [0.0] * len(inputs), 1.0
    # What changes from step to step: the numbers of a state, the loss, and the step's own number.
    order = ["", "t", *scalars, "L", "count"]
    own_scalars = [name for name in order if name not in scalars or name in plan.scalars]
    moving = [(k, order.index(n)) for k, n in enumerate(inputs) if n in own_scalars]
    # Where the scalars are after a step: among what it returns, or else where they were.
    both = [*plan.outputs, "", "", *scalars]
    kept_at = [both.index(name) for name in scalars]
    energies_at = [plan.outputs.index(name) for name in plan.energies]
    ends = len(plan.outputs)

    def step(
        w: ParameterSet, slope: Any, state: State, value: float | None, norm: float | None
    ) -> bool:
        nonlocal sets, given, length
        if w is not leaf or state.numbers is not numbers or type(slope) is not ndarray:
            return False
        arrays = state.arrays
        if w.shape != shape or not w.flags.writeable or len(arrays) != count:
            return False
        try:
            for name, place, array, own_shape in places:
                if arrays[name][place] is not array or array.shape != own_shape:
                    return False
                if not array.flags.writeable:
                    return False
        except (LookupError, TypeError):  # a state that was damaged
            return False
        if slope.base is not None or slope.shape != shape or not slope.flags.c_contiguous:
            return False
        if (slope.dtype is not precision and slope.dtype != precision) or id(slope) in own:
            return False
        if (norm is None or norm > _LARGE) and not vdot(slope, slope) < huge:
            return False
        if executor.values(state) is not sets:
            sets = executor.sets
            given = [sets[0].get(name, 0.0) for name in inputs]
            length = sets[0].get("tau", 1.0)
        token, known = object(), numbers.tolist()
        begun = known[STEP]
        old = [array.copy() for array in written]
        try:
            if executor.owner is None:
                executor.owner = token
            if executor.owner is not token:
                raise executor.concurrent()
            if moving:
                changing = [*known, value, begun + 1.0]
                for place, source in moving:
                    given[place] = changing[source]
            found = function(*before, slope if is_flat else slope.reshape(-1), *behind, *given)
            for one, other in pairs:
                if not math.isfinite(vdot(one, other)):
                    raise OverflowError
            time = known[TIME] + length
            if period and (begun + 1.0) % period == 0:
                time = 0.0
            if ends:
                results = [*found, *known] if ends > 1 else [found, *known]
                executor.energies = [results[k] for k in energies_at]
                write(memory, 0, begun + 1.0, time, *[results[k] for k in kept_at])
            else:
                write(memory, 0, begun + 1.0, time, *known[SCALARS:])
        except BaseException as error:
            if executor.owner is token and numbers[STEP] == begun:
                for array, kept in zip(written, old, strict=True):
                    array[...] = kept
            if not isinstance(error, (*UNDEFINED, RuntimeWarning)):
                raise
            executor.direct = None  # formulas that are not defined here are left to the phases
            return False
        finally:
            if executor.owner is token:
                executor.owner = None
        return True

    return step
