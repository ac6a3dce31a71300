"""The letters of the theory, so that every formula of the project is written with the same ones."""

from __future__ import annotations

import sympy as sp


class Component(sp.Symbol):
    """A real symbol that stands for one component of an array; `nonnegative` says its sign."""

    __slots__ = ()

    def __new__(cls, name: str, nonnegative: bool | None = None) -> Component:
        if nonnegative is None:
            return super().__new__(cls, name, real=True)
        return super().__new__(cls, name, real=True, nonnegative=nonnegative)

    def __getnewargs_ex__(self) -> tuple[tuple[str | bool, ...], dict[str, bool]]:
        """Copy and pickle by what the symbol is made of."""
        sign = self._assumptions_orig.get("nonnegative")
        return ((self.name,) if sign is None else (self.name, sign)), {}


class Noise(Component):
    """A component of an array of normal random numbers, drawn anew in each step."""

    __slots__ = ()


#: One component of the weights, of the energy moments and of the loss gradient.
w, X, G = Component("w"), Component("X"), Component("G")
#: The velocity ∇κ(X), in expressions that are written before it is known.
velocity = Component("v")
#: Internal energy and the value of the loss: scalars of the whole system.
U, L = sp.symbols("U L", real=True)
#: Thermal mass (inverse temperature).
beta = sp.Symbol("beta", positive=True)
#: Units of information, of action and of energy.
k, h, c = sp.symbols("k h c", positive=True)
#: Time since the start, length of a step, length of one flow.
t = sp.Symbol("t", nonnegative=True)
tau, s = sp.symbols("tau s", positive=True)
#: Friction of exponential cooling, rate of weight decay.
gamma, lamda = sp.symbols("gamma lambda", positive=True)
#: Thermal mass and friction of a metric's own moments.
beta_g, gamma_g = sp.symbols("beta_g gamma_g", positive=True)
#: What practitioners set: learning rate, momentum, weight decay, the metric's averaging factor.
lr, momentum, weight_decay = sp.symbols("lr momentum weight_decay", positive=True)
averaging = sp.Symbol("averaging", positive=True)
#: One standard normal number for each component, and the bath's temperature.
noise = Noise("noise")
temperature = sp.Symbol("temperature", positive=True)


def parameter(name: str) -> sp.Symbol:
    """Return the positive symbol that stands for the hyperparameter `name`."""
    return sp.Symbol(name, positive=True)
