"""The command line: derive, prove, race, experiment."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hermosis._version import __version__


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
    """Derive a Hamiltonian or an optimizer: print it, or write its derivation or its source."""
    from hermosis.derive.loading import load, load_method

    method = load_method(options.name)
    if method is not None and options.integrator is not None:
        raise ValueError(f"{options.name} has its own word; leave --integrator out")
    word = options.integrator or "C K D"
    system = None if method is None else method.hamiltonian
    hamiltonian = load(options.name) if system is None else system
    rule = hamiltonian.rule(word) if method is None else method.rule
    if options.source:
        print(rule.source(options.source), end="")
        return 0
    if options.output:
        whole = hamiltonian.derivation(word) if method is None else method.derivation()
        print(f"wrote {whole.write(options.output)}")
        return 0
    equations = hamiltonian.equations()
    print(f"{options.name.rpartition(':')[2]}: H = {hamiltonian.expression()}\n")
    rates = {name: getattr(equations, name) for name in ("w", "X", "U", "beta")}
    for name, rate in (*rates.items(), *equations.moments):
        print(f"  d{name}/dt = {rate}")
    print(f"\n{rule.word}, {rule.gradients_per_step} gradient a step:")
    for stage in rule.stages:
        for target, value in stage.assignments:
            print(f"  {stage.label:>6}  {target} <- {value}")
    return 0


def prove(options: argparse.Namespace) -> int:
    """Prove every reduction and erratum now, and those of a class if one is given."""
    from hermosis.derive.proving import cores, verdicts

    begun = time.monotonic()
    count = failed = 0
    for verdict in verdicts(options.name, options.jobs or cores()):
        count += 1
        failed += not verdict.proved
        print(verdict.text, flush=True)
    print(f"{count - failed} of {count} proved in {time.monotonic() - begun:.1f} s")
    return 1 if failed else 0


def experiment(options: argparse.Namespace) -> int:
    """Run experiments, or list them."""
    from hermosis.experiments.command import run

    return run(options.name, options.output)


def race(arguments: Sequence[str]) -> int:
    """Run the benchmark suites of the checkout."""
    if importlib.util.find_spec("benchmarks") is None:
        if not Path("benchmarks", "__main__.py").is_file():
            print(
                "hermosis race needs the benchmarks, which are in the repository and not in the "
                "wheel: clone it, and run the command there",
                file=sys.stderr,
            )
            return 1
        sys.path.insert(0, str(Path.cwd()))
    module = importlib.import_module("benchmarks.__main__")
    return int(module.main(list(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hermosis", description="From a Hamiltonian to an optimizer."
    )
    parser.add_argument("--version", action="version", version=f"hermosis {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    deriving = commands.add_parser("derive", help="derive an optimizer, and print or write it")
    deriving.add_argument(
        "name", help="a built-in Hamiltonian or optimizer, or path/to/file.py:Class"
    )
    deriving.add_argument("-o", "--output", help="a .pdf, .tex, .html or .md file to write")
    deriving.add_argument("--integrator", metavar="WORD", help='such as "C K D", the default')
    deriving.add_argument(
        "--source", metavar="BACKEND", help="print numpy, numba, jax or torch code"
    )
    deriving.set_defaults(run=derive)

    proving = commands.add_parser("prove", help="prove every reduction and erratum now")
    proving.add_argument("name", nargs="?", help="also those of path/to/file.py:Class")
    proving.add_argument(
        "--jobs", type=int, metavar="N", help="processes (default: one for each processor)"
    )
    proving.set_defaults(run=prove)

    trying = commands.add_parser("experiment", help="run a learning-dynamics experiment")
    trying.add_argument("name", nargs="*", help="names, or all; without one, they are listed")
    trying.add_argument("-o", "--output", metavar="DIR", help="folder for figures and numbers")
    trying.set_defaults(run=experiment)

    commands.add_parser("race", help="run the benchmarks; see hermosis race --help")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
