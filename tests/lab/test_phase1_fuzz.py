# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever two configurations say, two devices with them run: they agree or they do not, and nothing breaks."""

from __future__ import annotations

import random

import pytest

from lab.testing import Typist
from tests.lab.phase1 import INITIATORS, device, ikev2, lab
from tests.lab.test_phase1_certificates import signed
from tests.lab.test_policy import broken

RELEASES = ("7.2(5)", "8.2(5)", "8.4(7)", "9.1(7)", "9.8(4)", "9.16(4)", "9.20(2)")
SHOWS = ("show crypto isakmp sa detail", "show crypto ipsec sa", "show vpn-sessiondb detail l2l", "show logging")


@pytest.mark.parametrize("seed", range(40))
def test_two_damaged_configurations_run(seed: int) -> None:
    chance = random.Random(seed)
    releases = chance.choice(RELEASES), chance.choice(RELEASES)
    edits = []
    for release in releases:
        modern = release not in ("7.2(5)", "8.2(5)")
        kinds = [str, *([ikev2(), ikev2(keep_v1=True)] if modern else []), signed("device")]
        edits.append(chance.choice(kinds))
    running = lab(
        *releases, first=chance.choice(INITIATORS), hq=lambda text: broken(edits[0](text), chance),
        branch=lambda text: broken(edits[1](text), chance),
    )  # fmt: skip
    for _ in range(4):
        running.advance(20)
    running.advance(1200)
    assert running.status()["site"].startswith("pair:")
    for name in INITIATORS:
        assert len(device(running, name).ike.sas) < 40  # half-open ones live for 32 s
        typist = Typist(running, name)
        typist.session.level = 15
        assert all(isinstance(typist(line), str) for line in SHOWS)
