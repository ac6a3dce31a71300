"""Integrators with parameters of their own take them by name, and refuse any other name."""

import numpy as np
import pytest

import hermosis as hm
from hermosis.errors import HyperparameterError


def run(**options):
    opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, backend="numpy", **options)
    return hm.minimize(lambda w: (0.5 * float(w @ w), w), np.ones(3), opt, jac=True, steps=5).x


def test_at_one_the_blend_is_the_leapfrog():
    blend = run(integrator="LookAheadBlend", alpha=1.0)
    np.testing.assert_allclose(blend, run(integrator="Leapfrog"), rtol=1e-14)
    assert not np.allclose(blend, run(integrator="LookAheadBlend", alpha=0.0))


def test_a_missing_parameter_is_named():
    with pytest.raises(HyperparameterError, match="needs a value for alpha; give it by name"):
        run(integrator="LookAheadBlend")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(HyperparameterError, match="no parameter 'alpha'; the integrator 'C K D'"):
        run(alpha=0.5)
