"""The built-in splitting schemes as rows of data; each cites its paper and equation.

Every row is checked when it is built, which is when it is first asked for by name. Above order 2
some flows must run backwards (Sheng, IMA J. Numer. Anal. 9 (1989) 199). With a profile that begins
at t = 0 take Suzuki4, BlanesMoan4, KahanLi6 or KahanLi8: they never leave the step on the way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hermosis.integrators.base import Integrator
from hermosis.integrators.composition import Palindrome, Plain, alternating, stages
from hermosis.integrators.errors import IntegratorError

_HAIRER = "Hairer, Lubich, Wanner (2006), section"
_STRANG = "Strang, SIAM J. Numer. Anal. 5 (1968) 506; Verlet, Phys. Rev. 159 (1967) 98"
_EULER = f"de Vogelaere (1956); {_HAIRER} I.1"
_YOSHIDA = "Yoshida, Phys. Lett. A 150 (1990) 262"
_KAHAN_LI = "Kahan, Li, Math. Comp. 66 (1997) 1089"
_MCLACHLAN = "McLachlan, SIAM J. Sci. Comput. 16 (1995) 151"
_FRANCA = "França, Sulam, Robinson, Vidal, arXiv:1903.04100"

_JUMP = "1/(2-2**(1/3))"
_SUZUKI = "1/(4-4**(1/3))"

ROWS: dict[str, Palindrome | Plain] = {
    # ---- order 1
    "SymplecticEuler": Plain("C K D", _EULER),
    "SymplecticEulerReversed": Plain("D K C", _EULER),
    "SymplecticEulerKickFirst": Plain("K D C", _EULER),
    "SymplecticEulerDriftFirst": Plain("D C K", _EULER),
    "SymplecticEulerJoint": Plain("[CK] D", _EULER),
    "SymplecticEulerJointReversed": Plain("D [CK]", _EULER),
    "LookAhead": Plain("C (D) K D", f"Nesterov (1983), in the form of {_FRANCA}"),
    "LookAheadBlend": Plain(
        "C/2 {alpha/(1+alpha)}D ({(1-alpha)/(1+alpha)}D) K {1/(1+alpha)}D C/2",
        f"{_FRANCA}, Algorithm 1 (RGD); alpha = 1 is Leapfrog, alpha = 0 looks ahead",
    ),
    "LookAheadKick": Plain(
        "[CK] ({ahead}[CK]) D",
        "Chen et al., arXiv:2302.06675, Algorithm 2 (Lion); ahead = ln β₁/ln β₂ − 1",
    ),
    # ---- order 2
    "Leapfrog": Palindrome(2, _STRANG),
    "LeapfrogKickOutside": Palindrome(2, _STRANG, base="C K D"),
    "LeapfrogCoolInside": Palindrome(2, _STRANG, base="K D C"),
    "LeapfrogJoint": Palindrome(2, _STRANG, base="D [CK]"),
    "LeapfrogJointKickOutside": Palindrome(2, _STRANG, base="[CK] D"),
    "McLachlan2": Palindrome(
        2,
        f"{_MCLACHLAN}, two stages of least error for two operators",
        ("1/2-(2*326**(1/2)+36)**(1/3)/12+1/(6*(2*326**(1/2)+36)**(1/3))",),
        alternating,
        "D [CK]",
    ),
    # ---- order 4
    "Yoshida4": Palindrome(4, f"{_YOSHIDA}, section 2: triple jump", (_JUMP,), stages),
    "ForestRuth": Palindrome(
        4, "Forest, Ruth, Physica D 43 (1990) 105", (_JUMP,), stages, "D [CK]"
    ),
    "Suzuki4": Palindrome(
        4, "Suzuki, Phys. Lett. A 146 (1990) 319: five stages", (_SUZUKI, _SUZUKI), stages
    ),
    "McLachlan4": Palindrome(
        4,
        f"{_MCLACHLAN}, order 4; {_HAIRER} V.3.1",
        (
            "(14-19**(1/2))/108",
            "(146+5*19**(1/2))/540",
            "(-23-20*19**(1/2))/270",
            "(-2+10*19**(1/2))/135",
        ),
    ),
    "BlanesMoan4": Palindrome(
        4,
        "Blanes, Moan, J. Comput. Appl. Math. 142 (2002) 313, table 2: S6",
        (
            "0.0792036964311957",
            "0.209515106613362",
            "0.353172906049774",
            "-0.143851773179818",
            "-0.0420650803577195",
        ),
        alternating,
    ),
    # ---- order 6
    "Yoshida6": Palindrome(
        6,
        f"{_YOSHIDA}, table 1: solution A, refined by Newton's method",
        ("0.784513610477557263819498", "0.235573213359358133684793", "-1.177679984178871006946416"),
        stages,
    ),
    "KahanLi6": Palindrome(
        6,
        f"{_KAHAN_LI}: s9odr6a",
        (
            "0.39216144400731413928",
            "0.33259913678935943860",
            "-0.70624617255763935981",
            "0.08221359629355080023",
        ),
        stages,
    ),
    # ---- order 8
    "Yoshida8": Palindrome(
        8,
        f"{_YOSHIDA}, table 2: solution D, refined by Newton's method",
        (
            "0.914844246229791566748793",
            "0.253693336566211354146146",
            "-1.444852236860605157694731",
            "-0.158240635368050175204067",
            "1.938139137622525986579186",
            "-1.960610232975310807607634",
            "0.102799849391796440698115",
        ),
        stages,
    ),
    "SuzukiUmeno8": Palindrome(
        8,
        f"Suzuki, Umeno, Springer Proc. Phys. 76 (1993) 74; {_HAIRER} V.3.2",
        (
            "0.74167036435061295345",
            "-0.40910082580003159400",
            "0.19075471029623837995",
            "-0.57386247111608226666",
            "0.29906418130365592384",
            "0.33462491824529818378",
            "0.31529309239676659663",
        ),
        stages,
    ),
    "KahanLi8": Palindrome(
        8,
        f"{_KAHAN_LI}: s17odr8a; {_HAIRER} V.3.2",
        (
            "0.13020248308889008088",
            "0.56116298177510838456",
            "-0.38947496264484728641",
            "0.15884190655515560090",
            "-0.39590389413323757734",
            "0.18453964097831570709",
            "0.25837438768632204729",
            "0.29501172360931029887",
        ),
        stages,
    ),
}


def compose(name: str, base: str) -> Integrator:
    """Return a named palindrome over another base: other flows, or another order of them.

    >>> str(compose("Leapfrog", "[CK] D"))
    '[CK]/2 D [CK]/2'
    """
    row = ROWS.get(name)
    if not isinstance(row, Palindrome):
        known = ", ".join(each for each, row in ROWS.items() if isinstance(row, Palindrome))
        raise IntegratorError(f"'{name}' is no palindrome to compose; there are: {known}")
    return replace(row, base=base).build(f"{name} over {base}")


@cache
def build(name: str) -> Integrator:
    """Return the integrator of a row, built and checked when first asked for."""
    return ROWS[name].build(name)
