"""Running a step: states, whole runs, ensembles."""
