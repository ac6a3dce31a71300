"""Laws of words: declared order and symmetry are real, and steps keep the structure they should.

Orders are compared with two oracles of their own: nilpotent matrices, in which all short words
count, and exact flows of a relativistic Hamiltonian with exponential cooling and a quartic loss.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.errors import WordError
from derivations.step import words
from hermosis.integrators import Integrator, compose, conditions
from hermosis.integrators.composition import Palindrome, weave
from hermosis.integrators.splitting import ROWS, build

ALPHA = mp.mpf("0.3")
AHEAD = mp.mpf("0.4")
GAMMA = mp.mpf("0.8")
PALINDROMES = [name for name, row in ROWS.items() if isinstance(row, Palindrome)]
FLOWS_ONLY = [name for name in ROWS if not name.startswith("LookAhead")]
START = tuple(map(mp.mpf, ("0.9", "-0.7", "0.3", "1.2")))


@pytest.fixture(autouse=True)
def forty_digits() -> Iterator[None]:
    with mp.workdps(40):
        yield


# ---- oracle 1: letters as generic nilpotent matrices; entry n of the first row sees words of n


def defects(integrator: Integrator, degree: int) -> list[mp.mpf]:
    """How far the step is from the exponential of the sum, at degrees 0, 1, …, `degree`."""
    chance = random.Random(7)
    matrices = {
        letter: [mp.mpf(chance.randint(-999, 999)) / 999 for _ in range(degree)]
        for letter in "CDKNS"
    }
    present = {name for letter in integrator.word for name in letter.letters}
    row = [mp.mpf(1)] + [mp.mpf(0)] * degree
    whole = through(row, [matrices[name] for name in present], mp.mpf(1))
    for letter in integrator.word:
        fraction = words.evaluate(letter.fraction, {"alpha": ALPHA}, mp.mpf)
        row = through(row, [matrices[name] for name in letter.letters], fraction)
    return [abs(one - other) for one, other in zip(row, whole, strict=True)]


def through(
    row: list[mp.mpf], superdiagonals: list[list[mp.mpf]], fraction: mp.mpf
) -> list[mp.mpf]:
    """Multiply a row by the exponential of a sum of matrices with one superdiagonal each."""
    diagonal = [fraction * sum(entries) for entries in zip(*superdiagonals, strict=True)]
    return [
        sum(row[i] * mp.fprod(diagonal[i:j]) / mp.factorial(j - i) for i in range(j + 1))
        for j in range(len(row))
    ]


@pytest.mark.parametrize("name", FLOWS_ONLY)
def test_order_conditions_hold_to_the_declared_order_and_no_further(name: str) -> None:
    integrator = build(name)
    found = defects(integrator, integrator.order + 1)
    assert max(found[: integrator.order + 1]) < 1e-14
    assert found[integrator.order + 1] > 1e-9


@given(st.lists(st.fractions(min_value=-2, max_value=2, max_denominator=12), max_size=3))
def test_the_order_that_is_worked_out_is_the_true_one(half: list[Fraction]) -> None:
    row = Palindrome(2, "", tuple(map(str, half)))
    for turns in (row.turns, row.turns[1:]):
        if sum(words.evaluate(str(each), {}, Fraction) for each in turns) == 1:
            integrator = Integrator(weave("C [KS] D", turns))
            found = defects(integrator, integrator.order + 1)
            assert max(found[: integrator.order + 1]) < 1e-14
            assert found[integrator.order + 1] > 1e-14


# ---- oracle 2: exact flows of H = β(√(1+X²) − 1 + L(w)) + γUβ with a quartic L, at 40 digits


def loss(w: mp.mpf) -> mp.mpf:
    return w**4 / 4 + w**2 / 3 - w / 5


def slope(w: mp.mpf) -> mp.mpf:
    return w**3 + 2 * w / 3 - mp.mpf(1) / 5


Point = tuple[mp.mpf, ...]


def flow(letters: str, s: mp.mpf, z: Point, ahead: mp.mpf) -> Point:
    w, X, U, beta = z
    decay = mp.exp(-GAMMA * s)
    if letters == "C":
        return w, X * decay, U * decay, beta / decay
    if letters == "D":
        root = mp.sqrt(1 + X**2)
        return w - s * X / root, X, U - s * (root - 1 - X**2 / root), beta
    if letters == "K":
        return w, X + s * slope(ahead), U - s * loss(ahead), beta
    impulse = (1 - decay) / GAMMA
    assert sorted(letters) == ["C", "K"]
    return w, X * decay + impulse * slope(ahead), U * decay - impulse * loss(ahead), beta / decay


def step(
    integrator: Integrator,
    z: Point,
    tau: mp.mpf,
    alpha: mp.mpf = ALPHA,
    scales: Mapping[str, mp.mpf] | None = None,
) -> Point:
    ahead = read = None
    for letter in integrator.word:
        s = words.evaluate(letter.fraction, {"alpha": alpha, "ahead": AHEAD}, mp.mpf) * tau
        s *= (scales or {}).get(letter.letters, 1)
        if letter.ahead and "K" in letter.letters:
            read = flow(letter.letters, s, z, z[0])[1]
        elif letter.ahead:
            ahead = flow(letter.letters, s, ahead or z, mp.mpf(0))
        elif letter.letters == "D" and read is not None:
            z = (flow("D", s, (z[0], read, *z[2:]), z[0])[0], *z[1:])
            read = None
        else:
            z = flow(letter.letters, s, z, (ahead or z)[0])
            ahead = None if "K" in letter.letters else ahead
    return z


def run(integrator: Integrator, steps: int, time: mp.mpf) -> Point:
    z = START
    for _ in range(steps):
        z = step(integrator, z, time / steps)
    return z


def distance(one: Point, other: Point) -> mp.mpf:
    return max(abs(a - b) for a, b in zip(one[:2], other[:2], strict=True))


@pytest.mark.parametrize("name", ROWS)
def test_halving_the_step_shows_the_declared_order(name: str) -> None:
    integrator = build(name)
    coarse, middle, fine = (run(integrator, n, mp.mpf(1) / 2) for n in (4, 8, 16))
    measured = mp.log(distance(coarse, middle) / distance(middle, fine), 2)
    assert abs(measured - integrator.order) < 0.4, mp.nstr(measured, 4)


@pytest.mark.parametrize("name", PALINDROMES)
def test_a_palindrome_run_back_returns(name: str) -> None:
    there = step(build(name), START, mp.mpf("0.3"))
    back = step(build(name), there, mp.mpf("-0.3"))
    assert max(abs(a - b) for a, b in zip(back, START, strict=True)) < 1e-30


def test_a_step_that_is_no_palindrome_does_not_return() -> None:
    there = step(build("SymplecticEuler"), START, mp.mpf("0.3"))
    assert distance(step(build("SymplecticEuler"), there, mp.mpf("-0.3")), START) > 1e-3


@pytest.mark.parametrize("name", FLOWS_ONLY)
def test_words_are_symplectic_in_canonical_variables(name: str) -> None:
    jacobian = jacobian_of(build(name), mp.mpf("0.3"))
    form = mp.matrix([[0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, -1, 0, 0]])
    assert mp.norm(jacobian.T * form * jacobian - form, mp.inf) < 1e-15


@pytest.mark.parametrize("name", ["LookAhead", "LookAheadBlend", "LookAheadKick"])
def test_looking_ahead_is_not_symplectic(name: str) -> None:
    jacobian = jacobian_of(build(name), mp.mpf("0.3"))
    assert abs(mp.det(jacobian) - 1) > 1e-3


def jacobian_of(integrator: Integrator, tau: mp.mpf) -> mp.matrix:
    """∂(w, U, Y, β)/∂(w, U, Y, β) over a step, by central differences at 40 digits."""

    def canonical(q: list[mp.mpf]) -> Point:
        w, U, Y, beta = q
        after = step(integrator, (w, Y / beta, U, beta), tau)
        return after[0], after[2], after[1] * after[3], after[3]

    w, X, U, beta = START
    point, small = [w, U, X * beta, beta], mp.mpf("1e-12")
    columns = []
    for index in range(4):
        up, down = list(point), list(point)
        up[index] += small
        down[index] -= small
        pairs = zip(canonical(up), canonical(down), strict=True)
        columns.append([(one - other) / (2 * small) for one, other in pairs])
    return mp.matrix(columns).T


# ---- the rows that published formulas pin down


@given(
    alpha=st.floats(0, 1), mu=st.floats(0.5, 0.99), epsilon=st.floats(0.01, 0.3), v=st.floats(-2, 2)
)
def test_look_ahead_blend_is_rgd(alpha: float, mu: float, epsilon: float, v: float) -> None:
    """França et al., arXiv:1903.04100, Algorithm 1, with δ = 1."""
    a, m, e, v0, x0 = map(mp.mpf, (alpha, mu, epsilon, v, 0.7))
    root = mp.sqrt(m)
    half = x0 + root * v0 / mp.sqrt(m * v0**2 + 1)
    kicked = root * v0 - e * slope(half)
    x1 = a * half + (1 - a) * x0 + kicked / mp.sqrt(kicked**2 + 1)
    scales = {"C": -mp.log(m) / GAMMA, "D": 1 + a, "K": e}
    w, X, *_ = step(build("LookAheadBlend"), (x0, -v0, mp.mpf(0), mp.mpf(1)), 1, a, scales)
    assert abs(w - x1) < 1e-25 and abs(X + root * kicked) < 1e-25


def test_mclachlan_two_stages_minimise_the_error_of_two_operators() -> None:
    middle = build("McLachlan2")
    assert float(words.evaluate(middle.word[0].fraction)) == pytest.approx(0.1931833275037836)
    assert str(middle).count("[CK]/2") == 2


def test_identities_of_coefficients() -> None:
    jump = 1 / (2 - mp.cbrt(2))
    assert abs(2 * jump**3 + (1 - 2 * jump) ** 3) < 1e-35
    five = 1 / (4 - mp.cbrt(4))
    assert abs(4 * five**3 + (1 - 4 * five) ** 3) < 1e-35
    mclachlan = ROWS["McLachlan4"]
    assert isinstance(mclachlan, Palindrome)
    turns = [words.evaluate(str(each), {}, mp.mpf) for each in mclachlan.turns]
    assert abs(turns[4] - mp.mpf(1) / 5) < 1e-35 and abs(sum(turns) - 1) < 1e-35


@pytest.mark.parametrize("name", PALINDROMES)
def test_the_order_of_a_row_does_not_depend_on_its_base(name: str) -> None:
    for base in ("K C D", "D [CK]", "S C K D"):
        assert compose(name, base).order == build(name).order


@pytest.mark.parametrize("name", ["Suzuki4", "BlanesMoan4", "KahanLi6", "KahanLi8"])
def test_rows_for_a_profile_from_zero_never_leave_the_step(name: str) -> None:
    reached = {"C": mp.mpf(0), "D": mp.mpf(0), "K": mp.mpf(0)}
    for letter in build(name).word:
        reached[letter.letters] += words.evaluate(letter.fraction, {}, mp.mpf)
        assert -1e-15 <= reached[letter.letters] <= 1 + 1e-15


@pytest.mark.parametrize("base", ["K S D C [NR]", "K S D C N R M", "[CK] D M S"])
def test_a_palindrome_of_many_letters_has_the_order_of_its_row(base: str) -> None:
    made = compose("SuzukiUmeno8", base)
    assert (made.order, made.symmetric) == (8, True)


def test_an_order_that_is_too_much_work_is_refused() -> None:
    flows = tuple((each, Decimal(1)) for each in "CDKSMN")
    with pytest.raises(WordError, match="write it with fewer letters"):
        conditions._agrees(flows, 6)
