"""The whole book: from the theory to every optimizer of the family, derived and checked."""
