"""The race: every optimizer on the same problems, with the same budgets, and a page to read.

`python -m benchmarks` runs it, top to bottom:

    problem      what is minimized              problems/   one file each
    contestant   who minimizes it               contestants.py, or a user's my.py:Class
    tuning       the same search for everyone   low-discrepancy trials, on seeds of their own
    cell         one run, counted and timed     written once; a second run resumes
    summary      medians and quantiles          over the reported seeds
    report       table, results.csv, manifest.json, one HTML page

Only public names of hermosis are used.
"""
