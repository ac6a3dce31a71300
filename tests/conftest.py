"""What all tests share: a cache of their own, one thread each, no display, fixed examples."""

import os
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".pytest_cache" / "hermosis"

os.environ.setdefault("HERMOSIS_CACHE", str(CACHE))
for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

from hypothesis import HealthCheck, settings  # noqa: E402  (after the threads are set)

settings.register_profile(
    "ci",
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", settings.get_profile("ci"), max_examples=200, derandomize=False)
settings.register_profile("deep", settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
