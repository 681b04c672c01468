# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs in memory, whose wall clock stands still."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import Typist, change


@pytest.fixture
def incident() -> Lab:
    return change("incident-2009")


@pytest.fixture
def modern() -> Lab:
    return change("modern-9x")


@pytest.fixture
def hq(incident: Lab) -> Typist:
    """Of 7.2, in privileged mode."""
    return Typist(incident, "hq").enable()


@pytest.fixture
def east(modern: Lab) -> Typist:
    """Of 9.x, in privileged mode."""
    return Typist(modern, "east").enable()
