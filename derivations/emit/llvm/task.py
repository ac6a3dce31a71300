"""The words of a task: what a step in machine code works on, and where it lies in memory.

A task is a row of 64-bit words. Most are addresses:

`ARRAYS`   for each array of a parameter set a row of addresses: of w, its states, its gradient,
           its noises.
`SIZES`    how many numbers each array has; there are `LEAVES` of them.
`JOBS`     rows of four integers: an array's number, where in it the job begins, its length, and
           the group whose hyperparameters it has; there are `COUNT` of them, at most `BLOCK` long.
`NUMBERS`  for each of `GROUPS` groups a row of numbers in double precision: hyperparameters, sums,
           scalars, and how long a step is.
`FACTORS`  for each group a row of the numbers that loops read, in their precision.
`SUMS`     for each job a row of what it adds to sums, in double precision.
`STATE`    the steps made, the thermal time, and the scalars that are carried along.
`BACKUP`   room for what a step writes to, or zero; with it a refused step leaves all as it was.
`TRUSTED`  not zero where gradients may be so large that a step can overflow.
`PERIOD`   after how many steps the thermal time begins anew; never for zero.
"""

from __future__ import annotations

from derivations.emit.llvm.builder import Function

ARRAYS, SIZES, LEAVES, JOBS, COUNT, NUMBERS, GROUPS, FACTORS, SUMS, STATE, BACKUP = range(11)
TRUSTED, PERIOD = 11, 12
WORDS = 13

#: Words of a job: array, first number, length, group.
JOB_WORDS = 4
#: Numbers in a job; sums are added up job by job.
BLOCK = 1 << 13
#: Where in the row of a state its own numbers are; scalars follow.
STEP, TIME, SCALARS = range(3)

#: What a step answers: done, or what is wrong. LARGE_GRADIENT asks for a backup; UNDEFINED + k
#: names a phase whose factors are not finite; after OVERFLOW numbers that are not finite were
#: written, and put back where there is a backup.
DONE, LARGE_GRADIENT, NOT_FINITE, OVERFLOW, UNDEFINED = 0, 1, 2, 3, 16


def pointer(function: Function, word: int) -> str:
    """Return an address that a task holds, in a function with the argument `%task`."""
    return function.field("ptr", "%task", 8 * word)


def integer(function: Function, word: int) -> str:
    """Return an integer that a task holds."""
    return function.field("i64", "%task", 8 * word)


def carried(names: set[str] | frozenset[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the order in which a state carries scalars: the internal energy, then by name.

    >>> carried(("B", "A"))
    ('U', 'A', 'B')
    """
    return ("U", *sorted(set(names) - {"U"}))
