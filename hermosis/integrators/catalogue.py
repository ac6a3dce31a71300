"""Integrators by name: what there is, and what a user meant by what they wrote."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeAlias

from derivations.step.words import LETTERS
from hermosis.integrators import splitting
from hermosis.integrators.base import Integrator
from hermosis.integrators.errors import UnknownIntegratorError
from hermosis.integrators.implicit import Implicit, ImplicitMidpoint, Tao

Scheme: TypeAlias = Integrator | Implicit

IMPLICIT: dict[str, type[ImplicitMidpoint] | type[Tao]] = {
    "ImplicitMidpoint": ImplicitMidpoint,
    "Tao": Tao,
}


def names(pattern: str = "*") -> tuple[str, ...]:
    """Return the names of the built-in integrators that a glob pattern matches.

    >>> names("*4")
    ('Yoshida4', 'Suzuki4', 'McLachlan4', 'BlanesMoan4')
    """
    return tuple(name for name in (*splitting.ROWS, *IMPLICIT) if fnmatchcase(name, pattern))


def resolve(integrator: str | Scheme | type[Implicit]) -> Scheme:
    """Return the integrator that a name, the text of a word, or an integrator stands for.

    Raises `UnknownIntegratorError` with near names, or `WordError` for a word that cannot be read.

    >>> resolve("C K D").order, resolve("Leapfrog").order, resolve("Tao").order
    (1, 2, 2)
    """
    if isinstance(integrator, Integrator | Implicit):
        return integrator
    if isinstance(integrator, type) and issubclass(integrator, Implicit):
        return integrator()
    if not isinstance(integrator, str):
        raise UnknownIntegratorError(
            f"an integrator cannot be made of {integrator!r}; give a name such as 'Leapfrog', "
            "a word such as 'C K D', or an Integrator"
        )
    name = integrator.strip()
    if name in splitting.ROWS:
        return splitting.build(name)
    if name in IMPLICIT:
        return IMPLICIT[name]()
    if name.isidentifier() and len(name) > 1:
        raise UnknownIntegratorError(_unknown(name))
    return _of_word(name)


@lru_cache(maxsize=256)
def _of_word(word: str) -> Integrator:
    """Check a word once: a search builds the same optimizer hundreds of times."""
    return Integrator(word)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    known = {each.lower(): each for each in names()}
    near = [known[each] for each in get_close_matches(name.lower(), known, n=3)]
    if set(name) <= set(LETTERS):
        near.append(" ".join(name))
    meant = (
        f"did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"there are: {', '.join(names())};"
    )
    return f"there is no integrator called {name!r}; {meant} hm.integrators.names() lists all"
