# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests with programs that pip cannot bring. A program that is absent is a failure, never a skip."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest


@pytest.fixture
def program() -> Callable[[str, str], str]:
    """The path of a program; fails with the Debian package that brings it."""

    def find(name: str, package: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.fail(f"{name} is not installed: apt-get install {package}")
        return path

    return find
