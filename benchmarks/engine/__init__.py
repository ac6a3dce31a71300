"""What runs a race: cells, the plan, the search, and the places where cells run."""
