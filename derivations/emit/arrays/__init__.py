"""Formulas for array libraries: NumPy, Numba, JAX, PyTorch."""
