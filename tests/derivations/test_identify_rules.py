"""The rules of the textbooks, as they stand there, under the names that they are found by."""

from __future__ import annotations

import pytest

from derivations import textbook
from derivations.errors import NotHamiltonianError
from derivations.identify import identify
from derivations.textbook.matrix import full_covariance, muon

#: Rule, options, name and word; those that take long are also found typed, in test_identify.
FOUND = (
    ("sgd", {}, "SGD", "[CK] D"),
    ("heavy_ball", {}, "Momentum", "C K D"),
    ("dampened", {}, None, "C K D"),
    ("moving_average", {}, "MovingAverage", "[CK] D"),
    ("accumulated", {}, "Accumulated", "K D"),
    ("l2_decay", {}, "Momentum, L2 weight decay", "C K D"),
    ("decoupled_decay", {}, "Momentum, decoupled weight decay", "C K S D"),
    ("nesterov", {}, "Nesterov", "C (D) K D"),
    ("rmsprop", {"momentum": True}, "RMSProp, with momentum", "M C K D"),
    ("adagrad", {}, "AdaGrad", "[CK] M D"),
    ("amsgrad", {}, "AMSGrad", "[CK] M D"),
    ("sign_descent", {}, "SignSGD", "C K D"),
    ("normalised", {}, "NormalizedGD", "C K D"),
    ("lion", {"decoupled": True}, "Lion", "[CK] ({ahead}[CK]) S D"),
    ("braking", {}, "Braking", "C K D"),
    ("natural_gradient", {}, "NaturalGradient", "[CK] M D"),
    ("covariant_gradient", {}, "CovariantGradient", "[CK] M D"),
    ("muon", {}, "Muon", "[CK] ([CK]) D"),
    ("muon", {"decay": True}, "Muon", "[CK] ([CK]) S D"),
    ("muon", {"nesterov": False}, "Muon", "[CK] D"),
    ("muon", {"averaged": False}, "Muon", "[CK] ([CK]) D"),
)
SLOW = (
    ("rmsprop", {}, "RMSProp", "[CK] M D"),
    ("rmsprop", {"centered": True}, "RMSProp, centred", "[CK] M D"),
    ("adam", {}, "Adam", "[CK] M D"),
    ("adam", {"amsgrad": True}, "Adam, amsgrad", "[CK] M D"),
    ("adamw", {}, "AdamW", "[CK] M S D"),
    ("adamw", {"exact": True}, "AdamW", "[CK] M S D"),
    ("adamw", {"amsgrad": True}, "AdamW, amsgrad", "[CK] M S D"),
    ("adabelief", {}, "AdaBelief", "[CK] M D"),
    ("adabelief", {"rooted": False}, "AdaBelief", "[CK] M D"),
    ("lion", {}, "Lion", "[CK] ({ahead}[CK]) D"),
    ("lion", {"decoupled": True, "exact": True}, "Lion", "[CK] ({ahead}[CK]) S D"),
    ("quartic", {}, "Quartic", "C K D"),
    ("hamiltonian_descent", {}, "HamiltonianDescent", "C K D"),
    ("hamiltonian_descent", {"componentwise": True}, "HamiltonianDescent, componentwise", "C K D"),
    ("natural_gradient", {"unbiased": True}, "NaturalGradient, corrected", "[CK] M D"),
    ("covariant_gradient", {"centered": True}, "CovariantGradient, centred", "[CK] M D"),
    ("covariant_gradient", {"unbiased": True}, "CovariantGradient, corrected", "[CK] M D"),
    ("vradam", {"in_metric": True}, None, "[CK] M D"),
)
#: Rule, options and a part of the reason.
REFUSED = (
    ("bregman", {}, "explicit in time, which is not covered"),
    ("bregman", {"restart": True}, "does not relax at a rate that is a number"),
    ("cautious_momentum", {}, "reads the gradient beside the moment"),
    ("cautious_adam", {}, "reads the gradient beside the moment"),
    ("cautious_lion", {}, "reads the gradient beside the moment"),
    ("vradam", {}, "curl is not zero"),
    ("clipped_momentum", {}, "not driven by the gradient"),
    ("lars", {}, "no potential"),
    ("lamb", {}, "depends on where the weights are"),
    ("full_covariance", {}, ""),
)
FOREIGN = {"muon": muon, "full_covariance": full_covariance}


def made(name, options):
    return {**textbook.RULES, **FOREIGN}[name](**options)


def check(name, options, known, word):
    found = identify(made(name, options))
    assert (found.name, found.word) == (known, word)
    assert found.proof.proved


@pytest.mark.parametrize(("name", "options", "known", "word"), FOUND)
def test_a_textbook_rule_is_found(name, options, known, word):
    check(name, options, known, word)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options", "known", "word"), SLOW)
def test_a_longer_textbook_rule_is_found(name, options, known, word):
    check(name, options, known, word)


@pytest.mark.parametrize(("name", "options", "reason"), REFUSED)
def test_a_foreign_rule_is_refused(name, options, reason):
    with pytest.raises(NotHamiltonianError) as caught:
        identify(made(name, options))
    assert reason in caught.value.reason


def test_every_rule_of_the_textbooks_is_in_a_table():
    named = {row[0] for row in (*FOUND, *SLOW, *REFUSED)}
    assert set(textbook.RULES) <= named
