"""A metric of one's own in ten lines, the built-in ones, and where κ stops being convex."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from derivations.algebra.symbols import s
from derivations.system import measures
from hermosis import metrics, optimizers
from hermosis.errors import NonConvexKineticWarning

GRADIENTS = np.random.default_rng(5).normal(size=(12, 3))
start = np.array([1.0, -0.5, 0.25])


class Median(hm.Metric):
    """The root of the mean square and the mean size, with a floor."""

    floor: float = 0.125
    share: float = 0.5

    def averages(self, G: Any, X: Any) -> dict[str, Any]:
        return {"V": G**2, "A": hm.Abs(G)}

    def tensor(self, V: Any, A: Any) -> Any:
        return self.share * hm.sqrt(V) + (1 - self.share) * A + self.floor


def steps(opt: hm.Optimizer, gradients: np.ndarray = GRADIENTS) -> tuple[np.ndarray, Any]:
    w = np.array(start[: gradients.shape[1]])
    state = opt.init(w)
    for gradient in gradients:
        opt.step(w, gradient, state)
    return w, state


def weighted(beta: float, values: np.ndarray) -> np.ndarray:
    """The weighted mean Σ βⁿ⁻ⁱ vᵢ / Σ βⁿ⁻ⁱ."""
    weights = beta ** np.arange(len(values))[::-1]
    return weights @ values / weights.sum()


def test_ten_lines_run_and_are_what_they_say() -> None:
    H = hm.Hamiltonian(profile=hm.HotStart(), metric=Median(floor=0.25))
    opt = H.optimizer(lr=0.1, momentum=0.8, averaging=0.9, integrator="[CK] D", backend="numpy")
    assert str(opt.blueprint.integrator) == "[CK] M D"
    w, state = steps(opt)
    due = start.copy()
    for n in range(1, len(GRADIENTS) + 1):
        seen = GRADIENTS[:n]
        V, A = weighted(0.9, seen**2), weighted(0.9, np.abs(seen))
        due -= 0.1 * weighted(0.8, seen) / (0.5 * np.sqrt(V) + 0.5 * A + 0.25)
    assert w == pytest.approx(due, rel=1e-12)
    assert list(state.arrays) == ["X", "A", "V"]
    assert H.all_hyperparameters()["floor"] == 0.25
    assert H.all_hyperparameters()["gamma_g"] == 1.0


@given(st.floats(0.1, 0.999), st.integers(1, 12))
@settings(max_examples=10)
def test_a_hot_start_is_the_bias_corrected_average(averaging: float, count: int) -> None:
    H = hm.Hamiltonian(metric=metrics.RootMeanSquare())
    opt = H.optimizer(lr=0.1, momentum=0.5, averaging=averaging, backend="numpy")
    _, state = steps(opt, GRADIENTS[:count])
    raw = sum(
        (1 - averaging) * averaging ** (count - 1 - i) * g**2
        for i, g in enumerate(GRADIENTS[:count])
    )
    (found,) = state.arrays["V"]
    assert found == pytest.approx(raw / (1 - averaging**count), rel=1e-12)
    assert found == pytest.approx(weighted(averaging, GRADIENTS[:count] ** 2), rel=1e-12)


def test_records_are_running_maxima() -> None:
    opt, w = optimizers.AMSGrad(betas=(0.9, 0.5), backend="numpy"), start.copy()
    state, largest = opt.init(w), np.zeros(3)
    for gradient in GRADIENTS:
        opt.step(w, gradient, state)
        largest = np.maximum(largest, state.arrays["V"][0])
        assert np.array_equal(state.arrays["R"][0], largest)
    assert np.any(largest > state.arrays["V"][0])


def test_a_held_velocity_does_not_feel_a_change_of_the_metric() -> None:
    opt = optimizers.RMSProp(lr=0.5, momentum=0.5, alpha=0.5, eps=0.0, backend="numpy")
    w = start.copy()
    state, before = opt.init(w), start.copy()
    opt.step(w, np.full(3, 2.0), state)
    moved = w - before
    opt.step(w, np.zeros(3), state)
    opt_change = w - before - moved
    assert opt_change == pytest.approx(0.5 * moved)  # though √V has shrunk by √½


@pytest.mark.parametrize("inside", (False, True))
def test_epsilon_inside_or_outside_the_root(inside: bool) -> None:
    H = hm.Hamiltonian(
        metric=metrics.RootMeanSquare(eps=0.25, inside=inside, profile=hm.Exponential())
    )
    w, _ = steps(H.optimizer(lr=0.1, momentum=0.5, averaging=0.75, backend="numpy"), GRADIENTS[:1])
    V = 0.25 * GRADIENTS[0] ** 2
    g = np.sqrt(V + 0.25) if inside else np.sqrt(V) + 0.25
    assert w == pytest.approx(start - 0.1 * GRADIENTS[0] / g, rel=1e-13)


@pytest.mark.parametrize("one_root", (False, True))
def test_a_full_metric_is_the_diagonal_one_for_gradients_along_axes(one_root: bool) -> None:
    axes = np.array([np.eye(3)[n % 3] * (1 + n) for n in range(9)])
    ends = [
        steps(optimizers.CovariantGradient(
            lr=0.1, flat=0.25, natural=0.5, full=full, one_root=one_root, backend="numpy"), axes)[0]
        for full in (False, True)
    ]  # fmt: skip
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)
    assert not np.allclose(*(
        steps(optimizers.CovariantGradient(lr=0.1, full=full, backend="numpy"))[0]
        for full in (False, True)
    ))  # fmt: skip


@pytest.mark.parametrize("name", ("CovariantGradient", "NaturalGradient"))
def test_a_full_metric_commutes_with_rotations(name: str) -> None:
    numbers: dict[str, Any] = {"lr": 0.1, "backend": "numpy"}
    numbers |= {"full": True, "flat": 0.1} if name == "CovariantGradient" else {"eps": 0.1}
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    opt = optimizers.create(name, **numbers)
    w = start @ turn
    state = opt.init(w)
    for gradient in GRADIENTS:
        opt.step(w, gradient @ turn, state)
    assert w == pytest.approx(steps(opt)[0] @ turn, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("ending", ("html", "md", "tex"))
def test_a_derivation_with_a_metric_has_the_equation_of_its_moments(
    ending: str, tmp_path: Path
) -> None:
    H = hm.Hamiltonian(profile=hm.HotStart(), metric=Median())
    path = Path(H.derivation("[CK] M D").write(tmp_path / f"metric.{ending}"))
    text = path.read_text(encoding="utf-8")
    assert "metric" in text and "moment" in text
    assert {"html": "<mi>V</mi>", "md": "V", "tex": "V"}[ending] in text
    assert {"html": "<mover", "md": r"\dot", "tex": r"\dot"}[ending] in text


def test_equations_and_reductions_with_a_metric() -> None:
    H = hm.Hamiltonian(metric=metrics.RootMeanSquare())
    assert {"V", "eps"} <= {x.name for x in H.equations().w.free_symbols}
    assert all(proof.proved for proof in H.reductions())


# ---- warnings of kinetic energies that are not convex


class Bump(hm.Hamiltonian):
    """κ = 1 − exp(−½X²), whose bend at one has no polynomial."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * (1 - hm.exp(-hm.norm2(X) / 2))


def test_a_warning_says_where_a_kinetic_energy_stops_being_convex() -> None:
    from hermosis.model.hamiltonians import Braking

    form = r"Braking is not convex for ‖X‖ > 1/sqrt\(beta_3\) = 0.5: a larger momentum moves"
    with pytest.warns(NonConvexKineticWarning, match=form):
        Braking(beta_3=4.0).optimizer(lr=0.1, momentum=0.9, backend="numpy")
    for _ in range(2):  # derived, and remembered
        with pytest.warns(NonConvexKineticWarning, match=r"Bump is not convex for ‖X‖ > 1: a lar"):
            Bump().optimizer(lr=0.1, momentum=0.9, backend="numpy")


@pytest.mark.filterwarnings("error")
def test_convex_ones_are_silent() -> None:
    from hermosis.model.hamiltonians import Descent, Massless, Quartic, Relativistic

    for kind in (hm.Hamiltonian, Relativistic, Massless, Quartic, Descent):
        kind().optimizer(lr=0.1, momentum=0.9, backend="numpy")


#: Each built-in metric, and the same as the proofs have it.
STATED_TWICE = {
    "RootMeanSquare": (metrics.RootMeanSquare(), measures.root_mean_square()),
    "RootMeanSquare, cold": (
        metrics.RootMeanSquare(profile=hm.Exponential()),
        measures.root_mean_square(law=measures.COLD),
    ),
    "Deviation": (metrics.Deviation(profile=hm.Exponential()), measures.deviation()),
    "Record": (metrics.Record(), measures.largest()),
    "Fisher": (metrics.Fisher(profile=hm.Exponential()), measures.power(1, law=measures.COLD)),
}


@pytest.mark.parametrize("name", STATED_TWICE)
def test_the_metric_that_runs_is_the_metric_of_the_proofs(name: str) -> None:
    mine, proved = STATED_TWICE[name]
    made = mine.derived()
    letters = dict(zip(made.states, proved.states, strict=True))
    assert made.tensor.xreplace(letters) == proved.tensor
    stated = [value for _, value in (*made.averages, *made.records)]
    due = [value for _, value in (*proved.averages, *proved.records)]
    assert [value.xreplace(letters) for value in stated] == due
    assert sp.simplify(made.law.decay(s) - proved.law.decay(s)) == 0
