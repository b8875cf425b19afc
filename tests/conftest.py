"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# A machine that does two things at once makes an example slow, not wrong; and what
# fails in a fresh clone must fail at the desk as well, so examples do not vary.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
