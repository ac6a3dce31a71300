"""How fast a step is, against other libraries and against the memory: measured in one run.

`python -m benchmarks.speed` measures every part in rounds (each contestant once, then each once
more, and so on), so that a machine that drifts drifts for all, and writes the rows, the pictures
and the page whose numbers the documentation quotes.
"""
