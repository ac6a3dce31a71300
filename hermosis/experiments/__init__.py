"""Learning dynamics, one phenomenon at a time: each experiment has a figure and a known answer.

`hermosis experiment` lists them and `hermosis experiment NAME` runs one. An experiment is one file
of this package with one subclass of `Experiment`; its name is the file's.
"""
