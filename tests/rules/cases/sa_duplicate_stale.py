# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecEntry
from tests.build import at_branch, branch, half_read, hq, once, tunnel
from tests.rules.case import Case


def _rekeyed(*old: int) -> IpsecEntry:
    """A rekey just now: the pair before it is kept for a while, and says so."""
    whole = at_branch(inbound=(0xB2, 0xB1), outbound=(0xA2, 0xA1))
    return replace(whole, sas=tuple(replace(sa, rekeyed=sa.spi in old) for sa in whole.sas))


CASES = {
    "one pair": Case(tunnel(), "pass: hq-branch - leaked SAs - none"),
    "a rekey needs two inbound": Case(
        tunnel(right=branch(at_branch(inbound=(0xB1, 0xB2)))), "pass: hq-branch - leaked SAs - none"
    ),
    "two outbound and three inbound stay": Case(
        tunnel(right=branch(at_branch(inbound=(0xB1, 0xB2, 0xB3), outbound=(0xA1, 0xA2)))),
        (
            "fail warning: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - leaked SAs - branch: outbound "
            "0x000000A1, 0x000000A2 inbound 0x000000B1, 0x000000B2, 0x000000B3"
        ),
    ),
    "two of each for a while after a rekey": Case(
        tunnel(right=branch(_rekeyed(0xB1, 0xA1))),
        (
            "transient: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - leaked SAs - branch: outbound "
            "0x000000A1, 0x000000A2 inbound 0x000000B1, 0x000000B2: a rekey is in progress"
        ),
    ),
    "two of each, and none of them is that of a rekey": Case(
        tunnel(right=branch(_rekeyed())),
        (
            "fail warning: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - leaked SAs - branch: outbound "
            "0x000000A1, 0x000000A2 inbound 0x000000B1, 0x000000B2"
        ),
    ),
    "the third is about to expire": Case(
        tunnel(right=branch(at_branch(inbound=(0xB1, 0xB2, 0xB3), seconds=100))),
        (
            "transient: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - leaked SAs - branch: outbound 0x000000A1 "
            "inbound 0x000000B1, 0x000000B2, 0x000000B3: a rekey is in progress"
        ),
    ),
    "read once": Case(
        tunnel(right=once(branch(at_branch(inbound=(0xB1, 0xB2, 0xB3))))),
        (
            "unknown: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - leaked SAs - branch: outbound 0x000000A1 "
            "inbound 0x000000B1, 0x000000B2, 0x000000B3: read once"
        ),
    ),
    "no SA": Case(tunnel(hq(), branch()), "not_applicable: hq-branch - leaked SAs - no SA at any end"),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - leaked SAs - the SAs of branch were not read (connection timed out)"
    ),
}
