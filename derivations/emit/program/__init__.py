"""The language-free program: phases of elementwise work between sums and gradients."""
