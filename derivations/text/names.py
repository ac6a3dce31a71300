"""Names that generated code gives to its own values; hyperparameters are named otherwise."""

from collections.abc import Collection

GENERATED = (
    r"(work|factor|total|shared|phase|scalars|slope)(_\d+)?|eigenvalue|singular_value"
    r"|i|np|jnp|math|numba|torch"
)

#: What a step knows by name besides its hyperparameters: no symbol of a text is called so.
OWN = frozenset({"w", "G", "t", "tau", "count", "L", "U"})


def set_apart(name: str, others: Collection[str] = ()) -> str:
    """Return the name of the symbol of a quantity, where `others` are those of the other ones.

    >>> set_apart("lr"), set_apart("tau"), set_apart("tau", {"tau", "tau_"})
    ('lr', 'tau_', 'tau__')
    """
    own = name
    while own in OWN or own != name and own in others:
        own += "_"
    return own
