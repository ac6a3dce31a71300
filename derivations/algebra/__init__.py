"""One-component algebra: the symbols and functions that every formula is written with."""
