"""Rules of every kind that whole runs are made of, for the tests of minimize and of ensembles."""

from __future__ import annotations

import hermosis as hm
from hermosis import optimizers
from hermosis.run.optimizer import Optimizer

H = hm.Hamiltonian()
#: With a metric, a norm, a clock, a schedule, and with gradients at the start, in mid-step, at
#: the end and several times in a step.
RULES: dict[str, Optimizer] = {
    "SGD": optimizers.SGD(lr=0.01),
    "Momentum": optimizers.Momentum(lr=0.01),
    "Nesterov": optimizers.Nesterov(lr=0.01),
    "Adam": optimizers.Adam(lr=0.05),
    "AdamW": optimizers.AdamW(lr=0.05, weight_decay=0.1),
    "Lion": optimizers.Lion(lr=0.02),
    "RGD": optimizers.Relativistic(lr=0.01),
    "NormalizedGD": optimizers.NormalizedGD(lr=0.02),
    "Bregman": optimizers.Bregman(lr=0.1),
    "leapfrog": H.optimizer(lr=0.01, momentum=0.9, integrator="K/2 C D K/2"),
    "drift first": H.optimizer(step=0.1, integrator="C/2 D/2 K D/2 C/2"),
    "fourth order": H.optimizer(lr=0.01, momentum=0.9, integrator="Yoshida4"),
    "scheduled": optimizers.Adam(lr=lambda step: 0.1 / (1 + step)),
}
