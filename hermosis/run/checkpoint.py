"""Checkpoints: parameters and state in one `.npz` without pickle, resumed bit for bit.

A file is written under a temporary name and renamed. It ends with a digest of all its bytes, so
that a truncated, damaged or foreign file is refused by name, before anything in it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from hermosis.errors import CheckpointError
from hermosis.run import parameters
from hermosis.run.parameters import Array, ParameterSet, Structure
from hermosis.run.state import State, with_scalars

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

FORMAT = "hermosis checkpoint 1"
_DIGEST_SIZE = hashlib.sha256().digest_size


def save(path: str | Path, optimizer: Optimizer, w: ParameterSet, state: State) -> Path:
    """Write a checkpoint, and return its path. Raises `CheckpointError` for keys it cannot keep."""
    path = Path(path)
    leaves, structure = parameters.flatten(w)
    arrays = {f"w/{i}": np.asarray(leaf) for i, leaf in enumerate(leaves)}
    for name, own in state.arrays.items():
        arrays |= {f"{name}/{i}": array for i, array in enumerate(own)}
    header = {
        "format": FORMAT,
        "optimizer": optimizer.name,
        "word": optimizer.program.plan.word,
        "profile": _profile(optimizer),
        "states": list(state.arrays),
        "structure": _outline(structure.tree),
        "step": state.step,
        "time": state.time.hex(),
        "scalars": {name: float(value).hex() for name, value in state.scalars.items()},
        "random": None if state.random is None else state.random.bit_generator.state,
    }
    packed = {"header": np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)}
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".npz")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            np.savez(file, allow_pickle=False, **packed, **arrays)
            _seal(file)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def load(path: str | Path, optimizer: Optimizer) -> tuple[ParameterSet, State]:
    """Read a checkpoint of `optimizer`. Raises `CheckpointError`."""
    path = Path(path)
    header, arrays = _read(path)
    due = (optimizer.name, optimizer.program.plan.word, _profile(optimizer))
    came = (header["optimizer"], header["word"], header["profile"])
    if came != due:
        raise CheckpointError(
            f"{path} is a checkpoint of {_named(came)}, not of {_named(due)}; build that "
            "optimizer, or start anew by opt.init(w)"
        )
    structure = Structure(_inline(header["structure"]))
    count = len(structure.paths)
    weights = structure.rebuild([arrays[f"w/{i}"] for i in range(count)])
    own = {name: [arrays[f"{name}/{i}"] for i in range(count)] for name in header["states"]}
    if set(own) != set(optimizer.init(weights).arrays):
        raise CheckpointError(
            f"{path} holds the states {', '.join(sorted(own)) or 'none'}, but {_named(due)} as it "
            "is set up here needs others; build it with the options that it had, or start anew"
        )
    random = None
    if header["random"] is not None:
        random = np.random.default_rng()
        random.bit_generator.state = header["random"]
    scalars = {name: float.fromhex(value) for name, value in header["scalars"].items()}
    matrices = optimizer.program.plan.matrices
    state = with_scalars(State(structure, own, random=random, matrices=matrices), scalars)
    state.step, state.time = header["step"], float.fromhex(header["time"])
    return weights, state


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    try:
        with path.open("rb") as file:
            if not _is_sealed(file):
                raise CheckpointError(
                    f"{path} is truncated, damaged, or no hermosis checkpoint: its contents do not "
                    "match a digest at its end; use an earlier one"
                )
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
    except IsADirectoryError as error:
        raise CheckpointError(f"{path} is a folder, not a checkpoint") from error
    header = json.loads(arrays.pop("header").tobytes())
    if header["format"] != FORMAT:
        raise CheckpointError(
            f"{path} has the format {header['format']!r}; this version reads {FORMAT!r}"
        )
    return header, arrays


def _seal(file: IO[bytes]) -> None:
    """Put a digest of all that is before it where an archive keeps its comment: at the end."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = bytes(_DIGEST_SIZE)
    digest = _digest(file)
    file.seek(-_DIGEST_SIZE, os.SEEK_END)
    file.write(digest)
    file.flush()


def _is_sealed(file: IO[bytes]) -> bool:
    digest = _digest(file)
    return file.read() == digest


def _digest(file: IO[bytes]) -> bytes:
    """Return the digest of a file but its last bytes, and stop before those."""
    left = file.seek(0, os.SEEK_END) - _DIGEST_SIZE
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0:
        part = file.read(min(left, 1 << 20))
        digest.update(part)
        left -= len(part)
    return digest.digest()


def _profile(optimizer: Optimizer) -> str:
    """Return the names of profile and metric, which say what the state's time and moments mean."""
    hamiltonian = optimizer.hamiltonian
    if hamiltonian is None:
        return ""
    metric = hamiltonian.metric
    profile = type(hamiltonian.profile).__name__
    return profile if metric is None else f"{profile}, {type(metric).__name__}"


def _named(optimizer: tuple[str, str, str]) -> str:
    name, *details = optimizer
    shown = ", ".join(detail for detail in details if detail)
    return f"{name} ({shown})" if shown else name


def _outline(tree: Any) -> Any:
    """Write the nesting of a parameter set as JSON."""
    if isinstance(tree, dict):
        for key in tree:
            if not isinstance(key, str | int):
                raise CheckpointError(
                    f"a checkpoint keeps dictionary keys that are text or integers, not {key!r}"
                )
        return {"dict": [[key, _outline(branch)] for key, branch in tree.items()]}
    if isinstance(tree, list | tuple):
        kind = "list" if isinstance(tree, list) else "tuple"
        return {kind: [_outline(branch) for branch in tree]}
    return None


def _inline(outline: Any) -> Any:
    """Read the nesting back."""
    if outline is None:
        return None
    ((kind, branches),) = outline.items()
    if kind == "dict":
        return {key: _inline(branch) for key, branch in branches}
    inner = [_inline(branch) for branch in branches]
    return inner if kind == "list" else tuple(inner)
