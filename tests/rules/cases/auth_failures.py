# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.rules.counting import growth_cases

CASES = growth_cases("authentication failures", "inbound", "authentication_failures", "error")
