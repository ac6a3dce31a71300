"""The sections of the paper, one in each file, derived and checked."""
