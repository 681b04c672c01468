# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests try the same examples in every run, so that a change fails for what it changed.

``make fuzz`` sets HYPOTHESIS_PROFILE=explore, which draws new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeat", derandomize=True)
settings.register_profile("explore", max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))
