# SPDX-License-Identifier: GPL-3.0-or-later
"""Witnesses that this project did not write: netmiko, ntc-templates and FakeNOS judge the lab and our own reading.

None of them is perfect: where one of them cannot say something, the test says so and asserts what it can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.conftest import Connect, connect, plugins
from tests.integration.test_connection import OLD

__all__ = ["Connect", "Server", "connect", "plugins"]


@dataclass(frozen=True)
class Server:
    """What the fixture `connect` asks of a lab, for any SSH server; the device's name in messages is always hq."""

    port: int
    known_hosts: str
    host: str = "127.0.0.1"

    @property
    def devices(self) -> dict[str, dict[str, str | int]]:
        return {"hq": {"host": self.host, "port": self.port}}


@dataclass(frozen=True)
class Site:
    """A running lab, and the variables that an inventory needs to log in there."""

    lab: RunningLab
    variables: dict[str, str]


# 7.2 offers only the algorithms of its time. Where time stands still, two clients read the same text.
SITES = [pytest.param(("incident-2009", "legacy", OLD), id="7.2"), pytest.param(("modern-9x", None, {}), id="9.x")]


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name, ssh, variables = request.param
    with running_lab(name, tmp_path_factory.mktemp(name), rate=0.0, ssh=ssh) as lab:
        yield Site(lab, variables)
