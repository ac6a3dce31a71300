"""The cellar of hermosis: every formula, derived and proved once, in SymPy alone."""
