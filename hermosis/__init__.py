"""hermosis: from a Hamiltonian to an optimizer.

State the energy of a learning system in about ten lines; hermosis derives its equations of
motion, composes update rules from exact flows, compiles them, and proves what they reduce to.

>>> import numpy as np, hermosis as hm
>>> opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9)
>>> w = np.array([1.0, -2.0])
>>> state = opt.init(w)
>>> opt.step(w, w.copy(), state)
>>> w
array([ 0.9, -1.8])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from hermosis._version import __version__
from hermosis.model.hamiltonian import Hamiltonian
from hermosis.model.metric import Metric
from hermosis.model.profiles import Bregman, Constant, Exponential, HotStart, Power, Profile

if TYPE_CHECKING:
    from derivations.text.update import update as update
    from hermosis import autodiff as autodiff
    from hermosis import errors as errors
    from hermosis import integrators as integrators
    from hermosis import metrics as metrics
    from hermosis import optimizers as optimizers
    from hermosis import plots as plots
    from hermosis import population as population
    from hermosis.compile.native.threads import get_num_threads as get_num_threads
    from hermosis.compile.native.threads import set_num_threads as set_num_threads
    from hermosis.compile.objective import symbolic as symbolic
    from hermosis.derive.identification import identify as identify
    from hermosis.derive.proofs import errata as errata
    from hermosis.derive.proofs import reductions as reductions
    from hermosis.integrators import Integrator as Integrator
    from hermosis.plots import convergence as convergence
    from hermosis.plots import energy_ledger as energy_ledger
    from hermosis.plots import phase_portrait as phase_portrait
    from hermosis.run.ensembles import Ensemble as Ensemble
    from hermosis.run.ensembles import ensemble as ensemble
    from hermosis.run.minimize import minimize as minimize
    from hermosis.run.optimizer import Optimizer as Optimizer
    from hermosis.run.state import State as State
    from hermosis.run.trace import Trace as Trace

#: Public names that are imported when they are first used, and where they live.
_LATER = {
    "identify": "hermosis.derive.identification",
    "minimize": "hermosis.run.minimize",
    "symbolic": "hermosis.compile.objective",
    "ensemble": "hermosis.run.ensembles",
    "Ensemble": "hermosis.run.ensembles",
    "Optimizer": "hermosis.run.optimizer",
    "State": "hermosis.run.state",
    "Trace": "hermosis.run.trace",
    "Integrator": "hermosis.integrators",
    "reductions": "hermosis.derive.proofs",
    "update": "derivations.text.update",
    "errata": "hermosis.derive.proofs",
    "phase_portrait": "hermosis.plots",
    "energy_ledger": "hermosis.plots",
    "convergence": "hermosis.plots",
    "get_num_threads": "hermosis.compile.native.threads",
    "set_num_threads": "hermosis.compile.native.threads",
}
_MODULES = ("autodiff", "errors", "integrators", "metrics", "optimizers", "plots", "population")
_SYMBOLIC = (
    "k", "h", "c", "total", "norm2", "nuclear", "over_singular_values", "outer", "limit",
    "parameter",
    "sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "asin", "acos", "atan", "Abs", "sign", "Max", "Min", "Rational", "pi", "oo",
)  # fmt: skip

__all__ = [
    "Bregman",
    "Constant",
    "Exponential",
    "Hamiltonian",
    "HotStart",
    "Metric",
    "Power",
    "Profile",
    "__version__",
    *_LATER,
    *_MODULES,
    *_SYMBOLIC,
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        value = getattr(importlib.import_module(_LATER[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"hermosis.{name}")
    elif name in _SYMBOLIC:
        from hermosis.model.letters import load

        value = load(name)
    else:
        raise AttributeError(f"module 'hermosis' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
