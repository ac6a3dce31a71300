"""The chapters of the theory: the sections of the paper, derived anew, and its errata."""

from __future__ import annotations

from dataclasses import replace

from derivations.document import Cite, Heading, Prose, Ref, Section, prose
from derivations.paper.book import SECTIONS

#: The sections that lead to the equations; the others apply them.
_FOUNDATIONS = (
    "equilibrium",
    "phase_space",
    "coupling",
    "equations",
    "integral_form",
)
#: Sections that are chapters of their own.
_APART = ("errata",)


def foundations() -> Section:
    """Build the chapter that leads from thermodynamics to the equations of learning."""
    return _chapter(
        "The equations of learning",
        "foundations",
        _FOUNDATIONS,
        prose(
            "Where does the motion come from? This chapter follows ", Cite("hermosis"),
            " from the thermodynamics of a model to its equations of motion. A model in "
            "equilibrium has an entropy; its differential is a 1-form on the space of states. "
            "Away from equilibrium the form remains although the entropy is gone. Its exterior "
            "derivative gives a phase space with brackets, and brackets make motion out of any "
            "energy. One change of letters, the coupling of moments and temperature, turns a "
            "motion that never comes to rest into one that loses energy and learns."
        ),
        prose(
            "Where the paper prints a formula that does not hold, the derivation goes on with the "
            "right one, and ", Ref("errata"), " gives both with the proof."
        ),
    )  # fmt: skip


def applications() -> Section:
    """Build the chapter in which the equations become update rules."""
    names = (name for name in SECTIONS if name not in (*_FOUNDATIONS, *_APART))
    return _chapter(
        "First applications",
        "applications",
        tuple(names),
        prose(
            "The equations hold for any energy. Put in a kinetic energy, the loss as a potential, "
            "and a law of cooling, and they become update rules: this chapter finds the "
            "accumulation of gradients, weight decay, momentum, gradient descent and "
            "relativistic learning, as the paper does. What is done here by hand becomes a method "
            "in ", Ref("method"), "."
        ),
    )  # fmt: skip


def errata() -> Section:
    """Build the chapter of what is wrong in the paper."""
    section = SECTIONS["errata"]()
    return Section(
        "Errata of the paper",
        (
            prose(
                "To check every step of ", Cite("hermosis"), " by machine is to find its slips. "
                "Each is shown with the formula as it is printed, a proof that it cannot hold, "
                "the right formula, and the proof of that."
            ),
        ),
        _split(section),
        label="errata",
    )  # fmt: skip


def _chapter(title: str, label: str, names: tuple[str, ...], *words: Prose) -> Section:
    sections = tuple(replace(SECTIONS[name](), label=name) for name in names)
    return Section(title, words, sections, label)


def _split(section: Section) -> tuple[Section, ...]:
    """Make a section of each heading with what stands under it."""
    found: list[Section] = []
    for block in section.blocks:
        if isinstance(block, Heading):
            found.append(Section(block.text, ()))
        else:
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, block))
    return tuple(found)
