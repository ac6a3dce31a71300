"""The family of optimizers: every row is made of what the engine accepts, and its links hold."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.algebra.symbols import L as loss
from derivations.algebra.symbols import U, X, beta, c, h, k, w
from derivations.book import members
from derivations.document import Ref
from derivations.paper.literature import LITERATURE
from derivations.reductions import PROOFS
from derivations.step.composition import compose
from derivations.step.words import parse
from derivations.system.energy import Energy
from derivations.system.family import EXPONENTIAL, FAMILY, PROFILES, Member
from derivations.system.thermal import ThermalLaw

EACH = pytest.mark.parametrize("member", FAMILY, ids=lambda member: member.name)


@EACH
def test_a_member_is_a_system_with_a_word(member):
    letters = {name for letter in parse(member.word) for name in letter.letters}
    assert {"D", "K"} <= letters
    assert ("M" in letters) == (member.metric is not None)
    assert not member.kappa.has(beta, k, w, U)


@EACH
def test_links_of_a_member_lead_somewhere(member):
    assert not member.reduction or member.reduction in PROOFS
    assert not member.source or member.source in {entry.key for entry in LITERATURE}


def test_names_are_different():
    names = [member.name for member in FAMILY]
    assert len(set(names)) == len(names)


def test_a_plain_member_composes_into_a_step():
    member = next(member for member in FAMILY if member.name == "Momentum")
    law = member.profile.law
    energy = Energy(member.kinetic, law.weight * c**2 / k * loss, h / k * U * law.rate)
    assert [stage.targets for stage in compose(member.word, energy, law).stages] == [
        (X,), (X,), (w,),
    ]  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_has_a_solution(profile):
    assert isinstance(profile.law, ThermalLaw)
    assert profile.law.mass.subs(sp.Symbol("t", nonnegative=True), 0) == profile.law.start


def test_a_row_more_is_a_leaf_and_a_row_more():
    more = (*FAMILY, Member("New", sp.Abs(X) * beta / k, EXPONENTIAL))
    before, after = members.tree(FAMILY), members.tree(more)
    assert len(after.boxes) == len(before.boxes) + 2  # its energy and its leaf
    assert after.height > before.height
    assert len(members.table(more).rows) == len(members.table(FAMILY).rows) + 1


def test_the_tree_has_every_member_once_and_no_box_outside():
    drawing = members.tree(FAMILY)
    text = [
        part.text if isinstance(part, Ref) else part for box in drawing.boxes for part in box.parts
    ]
    assert all(text.count(member.name) == 1 for member in FAMILY)
    for box in drawing.boxes:
        assert box.x >= 0 and box.x + box.width <= drawing.width
        assert box.y >= 0 and box.y + box.height <= drawing.height


def test_members_are_sorted_by_space():
    kinds = [members.space(member) for member in FAMILY]
    assert set(kinds) <= set(members.SPACES)
    assert members.space(Member("flat")) == members.SPACES[0]
