"""The problems: one file each, found by walking this folder in the order of the file names."""
