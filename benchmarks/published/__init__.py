"""The published table of relativistic gradient descent, raced again.

`python -m benchmarks.published` tunes and reports on the published start, as the paper does: once
with the published numbers of evaluations, once with the same number for everyone.
"""
