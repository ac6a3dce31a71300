"""Formulas for people: LaTeX and MathML."""
