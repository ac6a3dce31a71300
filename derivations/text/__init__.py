"""Update rules as text: read, never run."""
