"""From a rule to code that runs."""
