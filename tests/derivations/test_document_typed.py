"""Formulas within words: they are found, nothing else is, and both forms of them are sound."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations import reductions
from derivations.book.steps import marked
from derivations.document import Document, Ref, Section, Table, prose, render
from derivations.document.text import spans
from derivations.document.tokens import tokens
from derivations.document.typed import formulas
from derivations.document.typeset import typed_latex, typed_mathml


def found(text: str) -> list[str]:
    return [piece for piece, parts in formulas(text) if parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K at rest is X ← X + g, w ← w − lr·X; so", ["K", "X ← X + g", "w ← w − lr·X"]),
        ("with c² = h(1 − dampening) of it", ["c² = h(1 − dampening)"]),
        ("momentum with dampening, and lr", ["lr"]),
        ("by e^(−γτ), of which 1 − 1/β is", ["e^(−γτ)", "1 − 1/β"]),
        ("is RGD(ε, μ) for α = 1 RGD", ["(ε, μ)", "α = 1"]),
        ("a κ that is not convex, −½X², is", ["κ", "−½X²"]),
        ("a = 0 is, and for A a word", ["a = 0"]),
        ("in ‖X‖_* and ‖λx‖∞ ≤ 1", ["‖X‖_*", "‖λx‖∞ ≤ 1"]),
        ("w'' + (3/t)w' = 0, PyTorch's x", ["w'' + (3/t)w' = 0", "x"]),
        ("sinh 3θ = 4 sinh³θ + 3 sinh θ", ["sinh 3θ = 4 sinh³θ + 3 sinh θ"]),
        ("β₃s³ + ms = ‖X‖ is cubic", ["β₃s³ + ms = ‖X‖"]),
        ("(Rg)(Rg)ᵀ and dH/dt", ["(Rg)(Rg)ᵀ", "dH/dt"]),
        ("K22 = K12²/K11", ["K22 = K12²/K11"]),
        ("as X̂ = X/(1 − μᵗ)", ["X̂ = X/(1 − μᵗ)"]),
        ("exp(iφ) on the circle", ["exp(iφ)"]),
    ],
)
def test_formulas_are_found_in_words(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A model is a thing (version 0.1.6), and/or 50 % of it, e.g. this; I am in it.",
        "p-Bregman, Lion-K and L2 weight decay; 1-form, a 2×2 array, x_1",
        "sharpness → 0, a log file, max size; $x_1$ & #2",
        "",
    ],
)
def test_words_are_left_alone(text):
    letters = {"x"}
    assert set(found(text)) <= letters
    assert "".join(piece for piece, _ in formulas(text)) == text


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("w ← w − lr·X", r"w \leftarrow w - \eta X"),
        ("Xᵀg⁻¹X", r"X^{\top}g^{- 1}X"),
        ("√(X² + k²/β²)", r"\sqrt{X^{2} + k^{2}/\beta ^{2}}"),
        ("1/√β₃", r"1/\sqrt{\beta _{3}}"),
        ("μ^d ∏(1 − Λᵢ)", r"\mu ^{d}\textstyle\prod (1 - \Lambda _{i})"),
        ("½|x| ≤ ⟨G²⟩", r"\tfrac{1}{2}\lvert x\rvert \leq \langle G^{2}\rangle"),
        ("K* ∈ 𝒦", r"K^{*} \in \mathcal{K}"),
        ("X̂ᵢ = eps", r"\hat{X}_{i} = \epsilon"),
    ],
)
def test_formulas_become_latex(text, latex):
    ((_, parts),) = formulas(text)
    assert typed_latex(parts) == latex


def test_every_formula_of_a_claim_is_sound_in_both_forms():
    seen = 0
    for module in (reductions.SUBJECTS["classical"], reductions.SUBJECTS["lyapunov"]):
        for prove in module.PROOFS.values():
            proof = prove()
            texts = [proof.claim, *(f"{step.claim}: {step.rule}" for step in proof.steps)]
            for _, parts in (piece for text in texts for piece in formulas(text)):
                if parts:
                    seen += 1
                    ElementTree.fromstring(f"<math>{typed_mathml(parts)}</math>")
                    assert typed_latex(parts).count("{") == typed_latex(parts).count("}")
    assert seen > 100


@given(st.text(max_size=60))
def test_any_text_comes_back_whole(text):
    pieces = list(formulas(text))
    assert "".join(piece for piece, _ in pieces) == text
    assert "".join(token.text for token in tokens(text)) == text
    for _, parts in pieces:
        ElementTree.fromstring(f"<math>{typed_mathml(parts)}</math>")


@given(st.text(alphabet="aXwμ_^²ᵀ‖|()[]{}√½−+=·,.'* lr", max_size=24))
def test_any_row_of_signs_comes_back_whole(text):
    for piece, parts in formulas(text):
        assert piece
        ElementTree.fromstring(f"<math>{typed_mathml(parts)}</math>")


@pytest.mark.parametrize("text", ("√", "X^", "w = √", "X_", "‖", "‖X", "(X", "e^(", "−", "½√ "))
def test_a_formula_that_breaks_off_harms_nothing(text):
    assert "".join(piece for piece, _ in formulas(text)) == text


def test_code_is_no_formula():
    assert [kind for kind, *_ in spans("`w = 1` and w = 1")] == ["code", "plain", "formula"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C K D of κ", "`C K D` of κ"),
        ("C½ D½ K D½ C½ is", "`C/2 D/2 K D/2 C/2` is"),
        ("The letter R keeps X", "The letter `R` keeps X"),
        ("the flows C, K, D, S and [CK] keep", "the flows `C`, `K`, `D`, `S` and `[CK]` keep"),
    ],
)
def test_words_of_flows_are_code(text, expected):
    assert marked(text) == expected


# -- references


TABLE = Table(("a",), (("x",), ("y",)), ("caption",), "t", labels=("row one", "row two"))


@pytest.mark.parametrize("suffix", (".tex", ".html", ".md"))
def test_a_row_of_a_table_can_be_pointed_to(suffix):
    whole = Document("d", (prose(Ref("row two", "there")),), (Section("s", (TABLE,)),))
    text = render(whole, suffix).decode()
    assert text.count("row-two") == 2 and "there" in text


@pytest.mark.parametrize("suffix", (".tex", ".html", ".md"))
def test_a_reference_that_may_miss_is_words_then(suffix):
    lost = Document("d", (prose(Ref("nowhere", "β = 1", may_miss=True)),), (Section("s", ()),))
    assert "nowhere" not in render(lost, suffix).decode()
