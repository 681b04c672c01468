# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.rules.counting import growth_cases

CASES = growth_cases("replay failures", "inbound", "replay_failures", "warning")
