"""Uses the installed wheel as a stranger does; `.ci/run` runs it from an empty folder.

Run isolated (`python -I`), so that nothing but the installed packages can be found.
"""

import importlib.util
from pathlib import Path

import numpy as np

import derivations
import hermosis as hm

for package in (derivations, hm):
    home = Path(package.__file__).parent
    assert "site-packages" in home.parts, f"{home} is not the installed wheel"
    assert (home / "py.typed").exists()
assert importlib.util.find_spec("benchmarks") is None, "benchmarks belong to the checkout"
assert importlib.util.find_spec("tests") is None


class SoftSign(hm.Hamiltonian):
    """Momenta that saturate one by one: a smooth sign descent."""

    sharpness: float = 1.0

    def kinetic(self, X, beta):
        """Return the kinetic energy."""
        return beta / hm.k * hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2


def bowl(w):
    """Return the loss and its gradient."""
    return 0.5 * float(w @ w), w


optimizer = SoftSign().optimizer(lr=0.1, momentum=0.5)
result = hm.minimize(bowl, np.ones(5), optimizer, jac=True, steps=200)
assert result.fun < 1e-6, result
SoftSign().derivation("C K D").write("softsign.html")
adam = hm.optimizers.Adam(lr=0.1)
assert adam.reduction.proved
found = hm.identify(hm.update("a = q*a + g; theta = theta - eta*a", parameters=("q", "eta")))
assert (found.name, found.word) == ("Momentum", "C K D"), found
print(f"hermosis {hm.__version__} works: loss {result.fun:.1e} after {result.nit} steps.")
