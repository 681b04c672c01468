# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs in memory, whose wall clock stands still."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import change


@pytest.fixture
def incident() -> Lab:
    return change("incident-2009")


@pytest.fixture
def modern() -> Lab:
    return change("modern-9x")
