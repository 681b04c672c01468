# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.rules.counting import growth_cases

CASES = growth_cases("missing SAs", "totals", "missing_sa_failures", "error")
