"""From what was stated to rules and proofs, derived once and kept."""
