"""The parts of a formula that stands within words."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Node:
    """A part of a formula: a leaf with its sign, or a row, and what stands above and below it."""

    kind: str
    text: str = ""
    inner: tuple[Node, ...] = ()
    above: tuple[Node, ...] = field(default=())
    below: tuple[Node, ...] = field(default=())
    hat: bool = False


def attached(
    node: Node, above: tuple[Node, ...] = (), below: tuple[Node, ...] = ()
) -> Node:  # fmt: skip
    """Put something above or below a part; in a row of letters, at the last."""
    if node.kind == "row" and node.inner:
        *rest, last = node.inner
        return Node("row", inner=(*rest, attached(last, above, below)))
    return Node(
        node.kind, node.text, node.inner, node.above + above, node.below + below, node.hat
    )  # fmt: skip
