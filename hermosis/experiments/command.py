"""`hermosis experiment`: run experiments, print their answers, and keep figures and numbers."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from hermosis.experiments.experiment import Answer, Experiment, load, names
from hermosis.run.progress import announced


def run(chosen: Sequence[str], folder: str | None) -> int:
    """Run experiments by name; return 0 if all their answers hold.

    With a folder, each leaves NAME.png, NAME.svg and NAME.csv there.
    """
    if not chosen:
        for name in names():
            print(f"{name:24} {load(name).title}")
        return 0
    every = names() if list(chosen) == ["all"] else chosen
    found = {name: load(name) for name in every}  # all are known before the first runs
    return max([_one(name, each, folder) for name, each in found.items()])


def _one(name: str, experiment: Experiment, folder: str | None) -> int:
    print(f"{experiment.title}: {experiment.claim}", flush=True)
    with announced(f"running {name}"):
        answers = list(experiment.answers())
    for answer in answers:
        print(f"  {answer}")
    if folder is not None:
        print(f"  wrote {_write(name, experiment, answers, Path(folder))}", flush=True)
    return int(not all(answer.holds for answer in answers))


def _write(name: str, experiment: Experiment, answers: list[Answer], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"{name}.png"
    save(experiment, picture, folder / f"{name}.svg")
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        columns = [field.name for field in fields(Answer)]
        table = csv.DictWriter(file, [*columns, "holds"], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(answer) | {"holds": answer.holds} for answer in answers)
    return picture


def save(experiment: Experiment, *paths: Path, dpi: int = 150) -> None:
    """Draw an experiment and write its figure."""
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=experiment.size, layout="constrained")
    experiment.draw(figure)
    for path in paths:
        figure.savefig(path, dpi=dpi)
