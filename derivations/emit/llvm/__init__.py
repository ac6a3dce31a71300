"""Formulas for machines: LLVM source."""
