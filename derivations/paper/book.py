"""The sections of the paper by name, and each as a document of its own."""

from __future__ import annotations

from derivations.document import Cite, Document, Section, prose
from derivations.paper import (
    constant_temperature,
    coupling,
    equations,
    equilibrium,
    errata,
    exponential_cooling,
    harmonic_potential,
    integral_form,
    phase_space,
    relativistic,
    velocity_and_force,
)
from derivations.paper.literature import LITERATURE

#: The sections in the order of the paper; the name is that of the file.
SECTIONS = {
    "equilibrium": equilibrium.section,
    "phase_space": phase_space.section,
    "coupling": coupling.section,
    "equations": equations.section,
    "integral_form": integral_form.section,
    "velocity_and_force": velocity_and_force.section,
    "constant_temperature": constant_temperature.section,
    "harmonic_potential": harmonic_potential.section,
    "exponential_cooling": exponential_cooling.section,
    "relativistic": relativistic.section,
    "errata": errata.section,
}


def sections() -> dict[str, Section]:
    """Build every section, by the name of its file."""
    return {name: build() for name, build in SECTIONS.items()}


def chapter(section: Section) -> Document:
    """Return one section as a document of its own, with the literature that it cites."""
    cited = {
        part.key
        for block in section.blocks
        for part in (*getattr(block, "parts", ()), *getattr(block, "rule", ()))
        if isinstance(part, Cite)
    }
    literature = tuple(entry for entry in LITERATURE if entry.key in cited | {"hermosis"})
    note = prose("A section of the derivations of Learning Dynamics ", Cite("hermosis"), ".")
    return Document(f"Learning dynamics: {section.title.lower()}", (note,), (section,), literature)
