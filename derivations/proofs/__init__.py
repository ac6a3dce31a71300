"""What it means to be proved, and what the paper has wrong."""
