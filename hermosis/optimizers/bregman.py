"""The p-Bregman family: acceleration of any order, with restarts and a looping clock."""

from __future__ import annotations

from typing import Any

from hermosis.derive.blueprint import Blueprint, of_hamiltonian
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method
from hermosis.model.profiles import Bregman as Cooling


class Bregman(Method):
    """`[CK] D` of the classical system under β = t^(p+1) with a loss of weight Cp²t^(2p−1).

    On convex problems the flow's loss falls as 1/(Ct^p). `restart` forgets X where it points
    uphill; `loop` sets the clock back to zero after so many steps, where the temperature is
    infinite and X is forgotten; zero never does. `lr` is the length τ of a step in the flow's own
    time, so that a first step goes like lr². Source: Wibisono, Wilson and Jordan, arXiv:1603.04245;
    Duruisseaux and Leok, arXiv:2207.11460.
    """

    proof = "p-Bregman"
    counts = ("loop",)
    lr: Hyper = 1e-1
    p: Hyper = 2.0
    C: Hyper = 0.25
    loop: int = 0
    restart: bool = False

    def plan(self) -> Blueprint:
        """Return the joint word in its physical form, with a restart before it on request."""
        word = "R [CK] D" if self.restart else "[CK] D"
        return of_hamiltonian(Classical(profile=Cooling()), word, physical=True)

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the length of a step by its name in the rule."""
        return super().hyperparameter_values(values | {"tau": values.pop("lr")})

    @property
    def period(self) -> int:  # type: ignore[override]
        """After how many steps the thermal time begins anew; never for zero."""
        return self.loop
