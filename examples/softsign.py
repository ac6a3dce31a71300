"""The README's Hamiltonian: try `hermosis derive examples/softsign.py:SoftSign`."""

import hermosis as hm


class SoftSign(hm.Hamiltonian):
    """Momenta that saturate one by one: a smooth sign descent."""

    sharpness: float = 1.0

    def kinetic(self, X, beta):
        return beta / hm.k * hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2
