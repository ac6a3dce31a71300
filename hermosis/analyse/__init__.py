"""Looking at a system and at its runs: flows, clusters, pictures."""
