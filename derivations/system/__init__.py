"""What a learning system is: its energies, its thermal mass, its metric, and how it moves."""
