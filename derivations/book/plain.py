"""What each reduction is in plain words: the method, and why it is this energy and word.

A proof that is not listed is introduced by its own docstring.
"""

from __future__ import annotations

#: By the name of the proof.
OPENINGS: dict[str, str] = {
    "accumulated gradient":
        "At constant temperature nothing is ever forgotten: the moments are the sum of all past "
        "gradients, and the weights swing for ever like a pendulum without friction.",
    "SGD":
        "Gradient descent moves the weights against the gradient and remembers nothing. It is "
        "what is left of a particle in very thick oil: the friction is so strong that the moments "
        "follow the gradient at once.",
    "momentum":
        "Momentum adds up gradients and forgets a constant part of the sum in each step. It is a "
        "classical particle on the slope of the loss, with the friction that comes from cooling.",
    "dampening":
        "Dampening lets only a part of each gradient into the sum. No energy has to change for "
        "that, only the unit in which the loss is measured.",
    "moving average":
        "Instead of a sum, the moments may be an average of past gradients. This is what cooling "
        "and kick give when they act together: the memory fades while the gradient comes in.",
    "L2 weight decay":
        "A spring that pulls each weight to zero is a harmonic potential. If it carries the "
        "thermal mass of the loss, the pull is added to the gradient, and passes through the "
        "moments as the gradient does.",
    "decoupled weight decay":
        "Decoupled decay shrinks the weights by themselves, past the moments. It is the flow of "
        "one more term of the energy, the product of weights and moments.",
    "Nesterov":
        "Nesterov’s method takes the gradient where the moments alone would carry the weights. "
        "In a word this is a drift in round brackets, before the kick.",
    "RGD":
        "Relativistic gradient descent is a leapfrog with a largest speed. The authors blend two "
        "ways to keep the state between steps; every blend is the same word, looked at from "
        "another point of the step.",
    "RGD, α = 1":
        "At one end of the blend nothing is forgotten between steps, and the method is the plain "
        "palindrome of exact flows.",
    "RGD, δ = 0":
        "Without a speed limit the two ends of the blend are the two classical methods.",
    "normalised descent":
        "Normalised descent makes steps of the same length whatever the size of the gradient. It "
        "is a particle without mass, which always moves at the speed limit.",
    "sign descent":
        "Sign descent moves each weight by the same amount and takes only the sign from the "
        "moments: each component is a massless particle of its own.",
    "cooling stalls the paper's relativistic form":
        "The place of the thermal mass matters. Inside the root it turns the speed limit into "
        "one that falls as the system cools, so that learning stops; in front of the root it "
        "does not.",
    "VRAdam's braking":
        "VRAdam divides the step by a number that grows with the moments, so that fast motion is "
        "braked. In flat space this brake is the slope of a logarithmic energy, which is convex "
        "only up to a certain size of the moments.",
    "VRAdam in the metric norm":
        "The same brake on Adam is the slope of an energy if the size of the moments is measured "
        "in Adam’s own metric. Measured in the plain norm, as the paper has it, it is the slope "
        "of nothing: its curl does not vanish.",
    "quartic kinetic energy":
        "Here the energy is given as a function of the velocity, with a quadratic and a quartic "
        "term. Its dual, as a function of the moments, needs the speed that belongs to given "
        "moments, the root of a cubic.",
    "Hamiltonian descent":
        "Hamiltonian descent chooses the growth of the kinetic energy, slow or fast, to suit the "
        "growth of the loss. Its family of powers contains the relativistic energy.",
    "hot start":
        "An average that starts from nothing is too small at first, and is usually divided by "
        "what has filled. A system that starts infinitely hot needs no such correction: its "
        "first step forgets all that was before.",
    "RMSProp":
        "RMSProp divides the gradient by the root of an average of its squares. The average is a "
        "metric, and strong friction makes the moments the gradient itself.",
    "RMSProp, centred":
        "The centred form divides by the standard deviation of the gradients: the metric averages "
        "the gradients too, and takes the square of their mean away.",
    "RMSProp, with momentum":
        "With momentum the division comes before the sum: what is summed is the gradient already "
        "divided by the metric, as if moments were velocities.",
    "RMSProp, centred, with momentum":
        "The same with the metric of the deviation.",
    "Adam":
        "Adam is a moving average of gradients, divided by the root of a moving average of their "
        "squares. The first is a classical particle, the second its metric, and both start hot.",
    "AdamW":
        "AdamW is Adam whose weights shrink by themselves in each step: the word has one more "
        "letter.",
    "AMSGrad":
        "AMSGrad never lets the divisor fall. Its metric keeps a record, the largest average so "
        "far.",
    "AdaBelief":
        "AdaBelief divides by how much gradients differ from what the moments expect of them. "
        "Where they agree the steps are long.",
    "natural gradient":
        "The natural gradient divides by the covariance of the gradients, not by its root: this "
        "is the metric of the model’s own distributions, here on its diagonal.",
    "covariant gradient":
        "Covariant gradient descent takes any power of the covariance for its metric. The "
        "exponent leads from momentum over Adam to the natural gradient.",
    "interpolating metrics":
        "A metric may be flat, the root of the covariance, or the covariance, according to how "
        "large the fluctuations are. The formulas of the paper can be read in two ways; both have "
        "the same three regimes.",
    "Lion":
        "Lion moves each weight by the sign of an average, and reads the average a little ahead "
        "of the one it keeps. This is sign descent with a kick that is undone after the drift.",
    "Lion, one average":
        "If both averages are the same there is nothing to look ahead to.",
    "Lion-K":
        "The one-norm of Lion may be any convex function. That function is the kinetic energy.",
    "cautious masking":
        "A cautious method moves only the components for which step and gradient agree. The "
        "mask stands outside the energy: it changes the drift of any word.",
    "p-Bregman":
        "The accelerated methods of this family come from a Lagrangian with a weight that grows "
        "in time. Here the weight is the thermal mass, and the friction fades like one over the "
        "time.",
    "restart":
        "Where the moments point uphill it pays to forget them and to start again.",
    "nuclear norm":
        "The nuclear norm is the sum of the singular values. Its gradient replaces all of them by "
        "one, which is the step of Muon. It is confirmed in coordinates for two rows and columns, "
        "for each sign of the determinant.",
    "Muon":
        "Muon makes a step in which all singular values are one. It is sign descent for a matrix: "
        "a massless energy of singular values instead of components.",
    "full covariance":
        "With a full metric each weight feels the gradients of all others. The power of the "
        "matrix is taken by its eigenvalues.",
    "energy under a cautious mask":
        "A mask lets the loss only fall. What it takes from the motion, and what it cannot keep, "
        "is worked out here.",
    "words of first order": "A word that is not the same backwards is right to the first order.",
    "words of second order":
        "A palindrome has no error of even power, and so it gains one order for nothing.",
    "Nesterov's momentum as a decay":
        "The momentum of Nesterov’s method grows with the number of the step. It is the decay of "
        "a power law, but only to the first order.",
    "decoupled weight decay as the textbook has it":
        "The factor of the textbook is no exponential. It is an exact flow nevertheless, at a "
        "slightly larger rate.",
    "energy balance":
        "All that the weights and moments lose goes into heat. The sum stays, and the part that "
        "is not heat falls.",
    "exact flows conserve": "Each letter of a word moves along its own term without changing it.",
    "Lyapunov function of Adam":
        "The loss alone may rise under Adam. The loss and the kinetic energy together do not, if "
        "the moments forget fast enough compared with the metric: a is the friction of the "
        "moments here, and b that of the metric.",
    "Lyapunov function of RMSProp":
        "Without inertia the loss itself never grows, however the metric moves.",
    "Lyapunov function of the p-Bregman flow":
        "A weighted sum of the loss and of a distance falls, which bounds the loss by a power of "
        "the time.",
    "Lyapunov function of Lion-K":
        "This is the theorem of the paper. The two sums of the rate are called Δ₁ and Δ₂ in what "
        "follows; neither is negative, as the gradient of a convex function is monotone.",
    "Lyapunov function of momentum with decay":
        "For the classical energy the conjugate is known, and both sums are sums of squares.",
    "Lyapunov function of Lion":
        "For Lion the weights are drawn into a box, and in the box the function falls.",
    "conformal volume":
        "All exact flows but those with friction keep the volume. So a step shrinks it by its "
        "decay, once for each weight.",
    "volume of Nesterov's step":
        "A look-ahead reads the gradient where the state is not. Its step shrinks the volume more "
        "where the loss is curved more.",
}  # fmt: skip

#: Which forms of a method are shown one after the other, where a proof compares more than one.
VARIANTS: dict[str, tuple[str, ...]] = {
    "natural gradient": ("with an average that starts at zero", "with a hot start"),
    "Hamiltonian descent": ("by the norm of all moments", "component by component"),
    "Lion": ("without weight decay", "with weight decay"),
    "cautious masking": ("as it is", "with the rescaling"),
}

#: Letters of the hyperparameters that the engine knows by words.
NAMES = {
    "mass": "m", "exponent": "a", "averaging": "beta_2", "size": "x",
    "flat": "c_0", "efficient": "c_1", "natural": "c_2",
}  # fmt: skip

#: Proofs that belong to the chapter of another subject than that of their file, and whether they
#: come first there.
ADOPTED = {
    "VRAdam in the metric norm": ("adaptive", False),
    "cautious masking": ("caution", True),
}
