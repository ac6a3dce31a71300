"""Population signals: what many units say together, and how much each of them counts.

`Population` codes a number in the rates of units with Gaussian tuning; `leave_one_out` and
`shapley` divide a result among units; `FeedbackLayer` sends credit back through weights of its own.
"""

from hermosis.population.coding import Population
from hermosis.population.credit import leave_one_out, shapley
from hermosis.population.feedback import FeedbackLayer, angle

__all__ = ["FeedbackLayer", "Population", "angle", "leave_one_out", "shapley"]
