"""Integrators as data: words of exact flows, and two implicit schemes for an H that does not split.

Each named word is built and checked when it is first asked for.

>>> from hermosis import integrators
>>> str(integrators.Leapfrog)
'C/2 D/2 K D/2 C/2'
>>> integrators.names("Yoshida*")
('Yoshida4', 'Yoshida6', 'Yoshida8')
>>> str(integrators.compose("Leapfrog", "[CK] D"))
'[CK]/2 D [CK]/2'
"""

from hermosis.integrators.base import Integrator
from hermosis.integrators.catalogue import Scheme, names, resolve
from hermosis.integrators.implicit import Implicit, ImplicitMidpoint, Partials, Phase, State, Tao
from hermosis.integrators.splitting import ROWS, build, compose

__all__ = [
    "Implicit",
    "ImplicitMidpoint",
    "Integrator",
    "Partials",
    "Phase",
    "Scheme",
    "State",
    "Tao",
    "compose",
    "names",
    "resolve",
]
__all__ += list(ROWS)


def __getattr__(name: str) -> Integrator:
    if name in ROWS:
        return build(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
