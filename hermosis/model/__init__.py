"""What a user states: the energy of a system, its thermal profile, its metric, a method by name."""
