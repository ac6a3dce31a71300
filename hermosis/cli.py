"""The command line: derive, prove, race."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hermosis._version import __version__

if TYPE_CHECKING:
    from derivations.proof import Proof


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit status: 0 done, 1 refused or not proved, 2 misused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["race"]:
        return race(given[1:])
    options = _parser().parse_args(given)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # the reader has seen enough, as in `hermosis prove | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        print(f"hermosis: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("hermosis: stopped", file=sys.stderr)
        return 130


def derive(options: argparse.Namespace) -> int:
    """Derive a Hamiltonian: print its equations and rule, write its derivation or its source."""
    from hermosis.loading import load

    hamiltonian = load(options.name)
    if options.source:
        print(hamiltonian.rule(options.integrator).source(options.source), end="")
        return 0
    if options.output:
        path = hamiltonian.derivation(options.integrator).write(options.output)
        print(f"wrote {path}")
        return 0
    rule = hamiltonian.rule(options.integrator)
    equations = hamiltonian.equations()
    print(f"{type(hamiltonian).__name__}: H = {hamiltonian.expression()}\n")
    for name in ("w", "X", "U", "beta"):
        print(f"  d{name}/dt = {getattr(equations, name)}")
    print(f"\n{rule.word}, {rule.gradients_per_step} gradient a step:")
    for stage in rule.stages:
        for target, value in stage.assignments:
            print(f"  {stage.label:>6}  {target} <- {value}")
    return 0


def prove(options: argparse.Namespace) -> int:
    """Prove every reduction and erratum now, and those of a class if one is given."""
    begun = time.monotonic()
    count = failed = 0
    for proof in _proofs(options.name):
        count += 1
        failed += not proof.proved
        print(f"{'proved' if proof.proved else 'FAILED'}  {proof.name}: {proof.claim}", flush=True)
        for step in (step for step in proof.steps if not step.holds):
            print(f"        not shown: {step.claim}: {step.left} = {step.right}")
    print(f"{count - failed} of {count} proved in {time.monotonic() - begun:.1f} s")
    return 1 if failed else 0


def _proofs(name: str | None) -> Iterator[Proof]:
    """Yield every proof, each made when its turn comes."""
    from derivations.errata import errata
    from derivations.reductions import PROOFS

    for prove_one in PROOFS.values():
        yield prove_one()
    yield from errata()
    if name is not None:
        from hermosis.loading import load

        yield from load(name).reductions()


def race(arguments: Sequence[str]) -> int:
    """Run the benchmark suites of the checkout."""
    if importlib.util.find_spec("benchmarks") is None and not Path("benchmarks").is_dir():
        print(
            "hermosis race needs the benchmarks of a checkout: clone the repository and run it "
            "there, or run 'make demo'",
            file=sys.stderr,
        )
        return 1
    if importlib.util.find_spec("benchmarks") is None:
        sys.path.insert(0, str(Path.cwd()))
    module = importlib.import_module("benchmarks.__main__")
    return int(module.main(list(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hermosis", description="From a Hamiltonian to an optimizer."
    )
    parser.add_argument("--version", action="version", version=f"hermosis {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    deriving = commands.add_parser("derive", help="derive a Hamiltonian, and print or write it")
    deriving.add_argument("name", help="a built-in Hamiltonian, or path/to/file.py:Class")
    deriving.add_argument("-o", "--output", help="a .pdf, .tex, .html or .md file to write")
    deriving.add_argument("--integrator", default="C K D", metavar="WORD")
    deriving.add_argument(
        "--source", metavar="BACKEND", help="print numpy, numba, jax or torch code"
    )
    deriving.set_defaults(run=derive)

    proving = commands.add_parser("prove", help="prove every reduction and erratum now")
    proving.add_argument("name", nargs="?", help="also those of path/to/file.py:Class")
    proving.set_defaults(run=prove)

    commands.add_parser("race", help="run the benchmarks; see hermosis race --help")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
