"""What would have no effect is refused by name, with all that is left out still working."""

from __future__ import annotations

import pytest

import hermosis as hm
from hermosis import errors

H, MEASURED = hm.Hamiltonian(), hm.Hamiltonian(metric=hm.metrics.RootMeanSquare())


@pytest.mark.parametrize(
    ("word", "options", "said"),
    [
        ("C K M D", {}, "has no metric; leave M"),
        ("C K S D", {}, "no decoupled weight decay; leave S"),
        ("C K S D", {"weight_decay": 0.1}, "no decoupled weight decay; leave S"),
        ("C D", {}, "has no K, so that it never reads the gradient"),
        ("C K", {}, "has no D, so that it never moves the weights"),
        ("C 0D K D", {}, "moves 0D for no time"),
        ("C (0D) K D", {}, r"moves \(0D\) for no time"),
        ("C {1/2-1/2}D K D", {}, "for no time"),
    ],
)
def test_a_letter_that_does_nothing_is_refused(word, options, said):
    with pytest.raises(errors.WordError, match=said):
        H.optimizer(lr=0.1, momentum=0.9, integrator=word, **options)


@pytest.mark.parametrize("word", ["C K M D", "C K S D", "C K", "D C"])
def test_a_rule_is_not_shown_for_such_a_word(word):
    with pytest.raises(errors.WordError):
        H.rule(word)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lr": 0.1, "step": 0.1}, "lr and step are both given"),
        ({"momentum": 0.9, "step": 0.1}, "momentum and step are both given"),
        ({"averaging": 0.9, "step": 0.1}, "averaging and step are both given"),
        ({"lr": 0.1, "momentum": 0.9, "integrator": "K D"}, "'K D' has neither C nor N"),
        ({"lr": 0.1, "momentum": 0.9, "temperature": 0.1}, "'C K D' has no N"),
    ],
)
def test_an_argument_that_the_step_would_not_read_is_refused(options, said):
    with pytest.raises(errors.HyperparameterError, match=said):
        MEASURED.optimizer(**options)


@pytest.mark.parametrize(
    ("system", "options"),
    [
        (H, {"lr": 0.1, "integrator": "K D"}),
        (H, {"step": 0.1, "integrator": "K N D", "temperature": 0.1}),
        (H, {"lr": 0.1, "momentum": 0.9, "integrator": "K N D", "temperature": 0.1}),
        (H, {"lr": 0.1, "momentum": 0.9, "integrator": "C K S D", "weight_decay": 0.1,
             "decoupled": True}),
        (MEASURED, {"lr": 0.1, "momentum": 0.9, "averaging": 0.9, "integrator": "C K M D"}),
        (hm.Hamiltonian(profile=hm.Constant()), {"lr": 0.1}),
    ],
)  # fmt: skip
def test_what_has_an_effect_is_taken(system, options):
    assert system.optimizer(**options).gradients_per_step == 1
