"""One step: the flows of a word in order, as an update rule."""
