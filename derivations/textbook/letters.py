"""The letters of the textbooks that the theory does not have: their averages and constants."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import Component, parameter

#: Second moment, largest second moment so far, mean of the gradient, mean squared deviation.
V, Vmax, M, S = map(Component, ("V", "Vmax", "M", "S"))
#: The number of the step, from 1.
count = sp.Symbol("count", positive=True)
dampening, eps, eps_root, alpha = map(parameter, ("dampening", "eps", "eps_root", "alpha"))
beta_1, beta_2, beta_3 = map(parameter, ("beta_1", "beta_2", "beta_3"))
#: Inverse squared speed limit; mass; exponents of the power family.
delta, mass, a, A = map(parameter, ("delta", "mass", "a", "A"))
#: The cap of a brake; the largest norm of a gradient; the trust coefficient.
cutoff, max_norm, trust = map(parameter, ("cutoff", "max_norm", "trust"))
#: Constant and order of the p-Bregman family; the exponent that makes a metric of a covariance.
C, p, exponent = map(parameter, ("C", "p", "exponent"))
