"""One file for each optimizer: a function from its hyperparameters, which are searched."""
