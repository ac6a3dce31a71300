"""Names that generated code gives to its own values; hyperparameters are named otherwise."""

GENERATED = (
    r"(work|factor|total|shared|phase|scalars|slope)(_\d+)?|eigenvalue|singular_value"
    r"|i|np|jnp|math|numba|torch"
)
