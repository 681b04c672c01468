# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, VpnContext
from tests.build import LANE, at_branch, at_hq, branch, hq, tunnel
from tests.rules.case import Case

SAYS = "hq-branch / " + LANE + " - data path -"


def _context(way: str, spi: int | None, **changes: Any) -> VpnContext:
    facts: dict[str, Any] = {
        "state": "UP",
        "flags": (way, "ESP"),
        "spi": spi,
        "bad_pkts": 0,
        "bad_spi": 0,
        "bad_crypto": 0,
    }
    return VpnContext(**{"vpn_ctx": spi or 1, **facts, **changes})


IN, OUT = _context("DECR", 0xA1), _context("ENCR", 0xB1)
OLD = _context("ENCR", 0xB9)


def _held(device: Device, *contexts: Sequence[VpnContext] | None) -> Device:
    """The device with the contexts of its readings, oldest first."""
    pairs = zip(device.readings, contexts, strict=True)
    return replace(
        device,
        readings=tuple(replace(each, contexts=None if held is None else tuple(held)) for each, held in pairs),
    )


BOTH = [IN, OUT]
STALE = [IN, OLD]

CASES = {
    "every SA": Case(tunnel(_held(hq(at_hq()), BOTH, BOTH)), "pass: hq-branch - data path - hq: it holds every SA"),
    "every SA at both ends": Case(
        tunnel(
            _held(hq(at_hq()), BOTH, BOTH),
            _held(branch(at_branch()), *[[_context("DECR", 0xB1), _context("ENCR", 0xA1)]] * 2),
        ),
        "pass: hq-branch - data path - hq and branch: it holds every SA",
    ),
    "the data path kept the old context": Case(
        tunnel(_held(hq(at_hq()), STALE, STALE)), f"fail critical: {SAYS} hq: outbound 0x000000B1 has no context"
    ),
    "packets pass all the same": Case(
        tunnel(_held(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]), STALE, STALE)),
        f"fail warning: {SAYS} hq: outbound 0x000000B1 has no context, and packets still pass",
    ),
    "it was there a moment ago": Case(
        tunnel(_held(hq(at_hq()), BOTH, STALE)),
        f"transient: {SAYS} hq: the context of an SA went away between the readings",
    ),
    "a deletion that never ends": Case(
        tunnel(_held(hq(at_hq()), *[[replace(IN, state="UP+DIP"), OUT]] * 2)),
        f"fail warning: {SAYS} hq: inbound 0x000000A1 waits for its deletion in the data path",
    ),
    "bad packets": Case(
        tunnel(_held(hq(at_hq()), BOTH, [replace(IN, bad_spi=3, bad_crypto=1), OUT])),
        f"fail warning: {SAYS} hq: inbound 0x000000A1 bad spi +3 bad crypto +1",
    ),
    "the SAs changed between the readings": Case(
        tunnel(_held(hq(at_hq(), then=[at_hq(outbound=(0xB8,))]), STALE, STALE)),
        f"transient: {SAYS} hq's SAs changed between the readings",
    ),
    "contexts were read once": Case(
        tunnel(_held(hq(at_hq()), None, STALE)),
        (
            "unknown: hq-branch - data path - hq's SAs and contexts were not both read twice, and a context may lag "
            "behind its SA"
        ),
    ),
    "without the word detail": Case(
        tunnel(_held(hq(at_hq()), *[[_context("DECR", None), OUT]] * 2)),
        "unknown: hq-branch - data path - hq: a context without its SPI was read, as without the word `detail`",
    ),
    "no SA": Case(tunnel(_held(hq(), BOTH, BOTH), branch()), "not_applicable: hq-branch - data path - hq: no SA"),
    "no contexts were read": Case(
        tunnel(),
        "not_applicable: hq-branch - data path - `show asp table vpn-context detail` was not read: a collection reads "
        "it only when told to",
    ),
}
