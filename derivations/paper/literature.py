"""The literature that the derivations cite."""

from __future__ import annotations

import re

from derivations.document import Reference

PAPER = Reference(
    "hermosis",
    "Eric Hermosis. Learning Dynamics. 2025.",
    "https://doi.org/10.5281/zenodo.18071680",
)

LITERATURE = (
    PAPER,
    Reference(
        "callen",
        "Herbert B. Callen. Thermodynamics and an Introduction to Thermostatistics. "
        "Wiley, 2nd edition, 1985.",
    ),
    Reference(
        "cannas",
        "Ana Cannas da Silva. Lectures on Symplectic Geometry. Lecture Notes in Mathematics 1764. "
        "Springer, 2001.",
    ),
    Reference(
        "arnold",
        "Vladimir I. Arnold. Mathematical Methods of Classical Mechanics. "
        "Springer, 2nd edition, 1989.",
    ),
    Reference(
        "krogh",
        "Anders Krogh and John A. Hertz. A simple weight decay can improve generalization. "
        "Advances in Neural Information Processing Systems, 1992.",
    ),
    Reference(
        "brown",
        "Robert G. Brown. Exponential Smoothing for Predicting Demand. Arthur D. Little, 1956.",
    ),
    Reference(
        "bottou",
        "Léon Bottou. Large-scale machine learning with stochastic gradient descent. "
        "Proceedings of COMPSTAT 2010, 177–186.",
    ),
    Reference(
        "franca",
        "Guilherme França, Jeremias Sulam, Daniel P. Robinson and René Vidal. "
        "Conformal symplectic and relativistic optimization. 2019.",
        "https://arxiv.org/abs/1903.04100",
    ),
    Reference(
        "robbins",
        "Herbert Robbins and Sutton Monro. A stochastic approximation method. Annals of "
        "Mathematical Statistics 22:400–407, 1951.",
    ),
    Reference(
        "polyak",
        "Boris T. Polyak. Some methods of speeding up the convergence of iteration methods. "
        "USSR Computational Mathematics and Mathematical Physics 4(5):1–17, 1964.",
    ),
    Reference(
        "nesterov",
        "Yurii Nesterov. A method for solving the convex programming problem with convergence"
        " rate O(1/k²). Doklady Akademii Nauk SSSR 269:543–547, 1983.",
    ),
    Reference(
        "amari",
        "Shun-ichi Amari. Natural gradient works efficiently in learning. Neural Computation "
        "10(2):251–276, 1998.",
    ),
    Reference(
        "duchi",
        "John Duchi, Elad Hazan and Yoram Singer. Adaptive subgradient methods for online "
        "learning and stochastic optimization. Journal of Machine Learning Research "
        "12:2121–2159, 2011.",
    ),
    Reference(
        "hinton",
        "Geoffrey Hinton, Nitish Srivastava and Kevin Swersky. Neural Networks for Machine "
        "Learning, lecture 6e. Coursera, 2012.",
    ),
    Reference(
        "restart",
        "Brendan O’Donoghue and Emmanuel Candès. Adaptive restart for accelerated gradient "
        "schemes. 2012.",
        "https://arxiv.org/abs/1204.3982",
    ),
    Reference(
        "pascanu",
        "Razvan Pascanu, Tomas Mikolov and Yoshua Bengio. On the difficulty of training "
        "recurrent neural networks. 2012.",
        "https://arxiv.org/abs/1211.5063",
    ),
    Reference(
        "sutskever",
        "Ilya Sutskever, James Martens, George Dahl and Geoffrey Hinton. On the importance of"
        " initialization and momentum in deep learning. International Conference on Machine "
        "Learning, 2013.",
    ),
    Reference(
        "graves",
        "Alex Graves. Generating sequences with recurrent neural networks. 2013.",
        "https://arxiv.org/abs/1308.0850",
    ),
    Reference(
        "kingma",
        "Diederik P. Kingma and Jimmy Ba. Adam: a method for stochastic optimization. 2014.",
        "https://arxiv.org/abs/1412.6980",
    ),
    Reference(
        "su",
        "Weijie Su, Stephen Boyd and Emmanuel J. Candès. A differential equation for modeling"
        " Nesterov’s accelerated gradient method: theory and insights. 2014.",
        "https://arxiv.org/abs/1503.01243",
    ),
    Reference(
        "hazan",
        "Elad Hazan, Kfir Y. Levy and Shai Shalev-Shwartz. Beyond convexity: stochastic "
        "quasi-convex optimization. 2015.",
        "https://arxiv.org/abs/1507.02030",
    ),
    Reference(
        "wibisono",
        "Andre Wibisono, Ashia C. Wilson and Michael I. Jordan. A variational perspective on "
        "accelerated methods in optimization. 2016.",
        "https://arxiv.org/abs/1603.04245",
    ),
    Reference(
        "you",
        "Yang You, Igor Gitman and Boris Ginsburg. Large batch training of convolutional "
        "networks. 2017.",
        "https://arxiv.org/abs/1708.03888",
    ),
    Reference(
        "loshchilov",
        "Ilya Loshchilov and Frank Hutter. Decoupled weight decay regularization. "
        "International Conference on Learning Representations, 2019.",
        "https://arxiv.org/abs/1711.05101",
    ),
    Reference(
        "bernstein",
        "Jeremy Bernstein, Yu-Xiang Wang, Kamyar Azizzadenesheli and Anima Anandkumar. "
        "signSGD: compressed optimisation for non-convex problems. 2018.",
        "https://arxiv.org/abs/1802.04434",
    ),
    Reference(
        "maddison",
        "Chris J. Maddison, Daniel Paulin, Yee Whye Teh, Brendan O’Donoghue and Arnaud "
        "Doucet. Hamiltonian descent methods. 2018.",
        "https://arxiv.org/abs/1809.05042",
    ),
    Reference(
        "reddi",
        "Sashank J. Reddi, Satyen Kale and Sanjiv Kumar. On the convergence of Adam and "
        "beyond. International Conference on Learning Representations, 2018.",
        "https://arxiv.org/abs/1904.09237",
    ),
    Reference(
        "lamb",
        "Yang You et al. Large batch optimization for deep learning: training BERT in 76 "
        "minutes. 2019.",
        "https://arxiv.org/abs/1904.00962",
    ),
    Reference(
        "zhuang",
        "Juntang Zhuang et al. AdaBelief optimizer: adapting stepsizes by the belief in "
        "observed gradients. 2020.",
        "https://arxiv.org/abs/2010.07468",
    ),
    Reference(
        "ziyin",
        "Liu Ziyin, Zhikang T. Wang and Masahito Ueda. LaProp: separating momentum and "
        "adaptivity in Adam. 2020.",
        "https://arxiv.org/abs/2002.04839",
    ),
    Reference(
        "qhm",
        "Jerry Ma and Denis Yarats. Quasi-hyperbolic momentum and Adam for deep learning. 2018.",
        "https://arxiv.org/abs/1810.06801",
    ),
    Reference(
        "duruisseaux",
        "Valentin Duruisseaux and Melvin Leok. Practical perspectives on symplectic "
        "accelerated optimization. 2022.",
        "https://arxiv.org/abs/2207.11460",
    ),
    Reference(
        "lion",
        "Xiangning Chen et al. Symbolic discovery of optimization algorithms. 2023.",
        "https://arxiv.org/abs/2302.06675",
    ),
    Reference(
        "lionk",
        "Lizhang Chen, Bo Liu, Kaizhao Liang and Qiang Liu. Lion secretly solves constrained "
        "optimization: as Lyapunov predicts. 2023.",
        "https://arxiv.org/abs/2310.05898",
    ),
    Reference(
        "cautious",
        "Kaizhao Liang, Lizhang Chen, Bo Liu and Qiang Liu. Cautious optimizers: improving "
        "training with one line of code. 2024.",
        "https://arxiv.org/abs/2411.16085",
    ),
    Reference(
        "muon",
        "Keller Jordan et al. Muon: an optimizer for hidden layers in neural networks. 2024.",
        "https://kellerjordan.github.io/posts/muon/",
    ),
    Reference(
        "scalable",
        "Jingyuan Liu et al. Muon is scalable for LLM training. 2025.",
        "https://arxiv.org/abs/2502.16982",
    ),
    Reference(
        "guskov",
        "Dmitry Guskov and Vitaly Vanchurin. Covariant gradient descent. 2025.",
        "https://arxiv.org/abs/2504.05279",
    ),
    Reference(
        "vanchurin",
        "Vitaly Vanchurin. Geometric learning dynamics. 2025.",
        "https://arxiv.org/abs/2504.14728",
    ),
    Reference(
        "vradam",
        "Pranav Vaidhyanathan, Lucas Schorling, Natalia Ares and Michael A. Osborne. A "
        "physics-inspired optimizer: velocity regularized Adam. 2025.",
        "https://arxiv.org/abs/2505.13196",
    ),
)


def cited_in(text: str) -> tuple[str, ...]:
    """Return the keys of the papers whose arXiv numbers a text mentions, in order.

    >>> cited_in("Source: Kingma and Ba, arXiv:1412.6980, algorithm 1.")
    ('kingma',)
    """
    numbers = dict.fromkeys(re.findall(r"arXiv:(\d{4}\.\d{4,5})", text))
    return tuple(
        entry.key for number in numbers for entry in LITERATURE if entry.url.endswith(number)
    )
