"""What the chapters of reductions say before their first section, by the name of their subject.

A subject that is not listed is introduced by its own docstring.
"""

from __future__ import annotations

from derivations.document import Cite, Ref
from derivations.document.model import Part

#: A title and the paragraphs under it.
Words = tuple[str, tuple[tuple[Part, ...], ...]]

CHAPTERS: dict[str, Words] = {
    "classical": (
        "Momentum and its relatives",
        (
            (
                "The kinetic energy of a classical particle is half the squared norm of its "
                "moments. With it, different words and ways to cool give gradient descent, "
                "momentum, the moving average, Nesterov’s method and both kinds of weight decay.",
            ),
            (
                "Each section states a method, gives the choice that leads to it, and compares "
                "two formulas for a whole step: one is derived from the energy as in ",
                Ref("method"), ", the other is typed from the paper or library that states the "
                "method. A check mark means that they were found equal for all values of all "
                "letters. Where both come out letter by letter the same, the formula is shown "
                "once; otherwise the stated form stands under the derived one.",
            ),
        ),
    ),
    "relativistic": (
        "Speed limits",
        (
            (
                "A relativistic particle has a largest speed. Learning with that kinetic energy "
                "cannot run away however steep the loss is ", Cite("franca"), ". When the mass "
                "goes to zero the particle always moves at the speed limit, and only the "
                "direction of its moments counts: this is normalised descent, and component by "
                "component it is sign descent.",
            ),
        ),
    ),
    "kinetic": (
        "Other kinetic energies",
        (
            (
                "Between the classical energy, whose speed grows without bound, and the massless "
                "one, whose speed is fixed, there are many more. A brake slows down what is fast "
                "already ", Cite("vradam"), "; an energy may be given by its dual, as a function "
                "of the velocity; and a family of powers ", Cite("maddison"), " suits losses that "
                "are flatter or steeper than a quadratic.",
            ),
        ),
    ),
    "adaptive": (
        "Adaptive metrics: RMSProp, Adam and AdaBelief",
        (
            (
                "Adaptive methods divide each component of a step by a measure of how large its "
                "gradients have been. In the language of this book that measure is a metric in "
                "the kinetic energy, made of averages that cool by a profile of their own, as in ",
                Ref("metrics"), ". What the papers call bias correction is a hot start of the "
                "profile, and the decay of AdamW is the shrink flow.",
            ),
        ),
    ),
    "geometric": (
        "Natural and covariant gradients",
        (
            (
                "A metric need not be the root of a second moment. The natural gradient ",
                Cite("amari"), " uses the covariance of the gradients itself, and covariant "
                "gradient descent ", Cite("guskov"), " any power of it; the exponent leads from "
                "gradient descent over the metric of Adam to the natural gradient. In this chapter "
                "κ is the covariance, as in the papers, and not the kinetic energy, wherever it "
                "stands in a metric.",
            ),
        ),
    ),
    "ahead": (
        "Looking ahead: Lion and its family",
        (
            (
                "A method looks ahead if it takes its gradient, or its moments, at a point that "
                "it then forgets. Nesterov’s method does so with the weights, and Lion ",
                Cite("lion"), " with the moments: its step reads an average that is one factor "
                "further than the one it keeps.",
            ),
        ),
    ),
    "accelerated": (
        "Acceleration",
        (
            (
                "Under a power law of cooling, friction fades like one over the time. This is the "
                "friction of accelerated methods ", Cite("su"), ", and with a loss whose weight "
                "grows in time it leads to the Bregman family ", Cite("wibisono"), " and its "
                "practical form with restarts ", Cite("duruisseaux"), ". The letters p and C are "
                "the power and the constant of that family.",
            ),
        ),
    ),
    "spectral": (
        "Matrices: Muon and full metrics",
        (
            (
                "The weights of a layer form a matrix. Some methods use that: Muon ",
                Cite("muon"), " makes all singular values of its step equal, which is the "
                "massless limit of an energy of singular values; a full metric lets every weight "
                "feel the gradients of all others. What holds for matrices of any size follows "
                "from the derivative of a function of singular values; it is confirmed here in "
                "coordinates, for every matrix of two rows and two columns.",
            ),
        ),
    ),
    "energy_balance": (
        "Where the energy goes",
        (
            (
                "The Hamiltonian is conserved, although the weights come to rest. The two "
                "statements agree because heat is counted: what kinetic and potential energy lose "
                "by friction, the internal energy takes up. The sections of this chapter hold for "
                "any kinetic energy and any loss.",
            ),
        ),
    ),
    "lyapunov": (
        "Lyapunov functions",
        (
            (
                "A Lyapunov function falls along the motion, whatever the start: it proves that a "
                "method settles. For each method its rate of change is derived exactly by the "
                "chain rule. The sign of that rate then follows from hypotheses, such as "
                "convexity, which enter as letters that are not negative.",
            ),
        ),
    ),
    "lion_energy": (
        "The Lyapunov function of Lion-K",
        (
            (
                "For Lion and all methods of its kind there is one Lyapunov function ",
                Cite("lionk"), ". This chapter keeps the letters of that paper: weights x, "
                "moments m that average the negative gradient of f, a convex function K with its "
                "conjugate, and n for the average that the step reads. The moments X of this "
                "book are the negative of m.",
            ),
        ),
    ),
    "caution": (
        "Cautious methods",
        (
            (
                "A cautious method leaves out the components of a step that point against the "
                "gradient ", Cite("cautious"), ". The loss then never grows along the motion. "
                "The price is that no energy makes this motion, as is shown here too. The letter "
                "θ is the step function: one where its argument is positive, and else zero.",
            ),
        ),
    ),
    "accuracy": (
        "How closely steps follow the motion",
        (
            (
                "A step is an approximation of the exact motion over a short time. Its order says "
                "how fast the error falls as steps get shorter. Here orders are proved by series, "
                "and each is attained: the next coefficient does not vanish.",
            ),
        ),
    ),
    "volume": (
        "What a step does to volume",
        (
            (
                "Friction shrinks the volume of phase space, and a step made of exact flows "
                "shrinks it by exactly the right factor. A look-ahead does not: this sets "
                "Nesterov’s method apart from momentum. The determinants hold for one weight and "
                "any loss, or for two weights and any quadratic loss.",
            ),
        ),
    ),
}  # fmt: skip
