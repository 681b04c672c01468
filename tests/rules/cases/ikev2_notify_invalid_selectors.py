# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from tests.build import half_read
from tests.rules.around import MODERN, around, settings
from tests.rules.case import Case

SAYS = "hq-branch - notice of invalid selectors -"
V2 = {"map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)}}


def ikev2(mine: dict[str, Any], theirs: dict[str, Any]) -> Tunnel:
    return around({**mine, **V2}, {**theirs, **V2}, devices=MODERN)


ON = settings(notify_invalid_selectors=True)

CASES = {
    "on at both ends": Case(ikev2(ON, ON), f"pass: {SAYS} hq: on branch: on"),
    "off by default at branch": Case(ikev2(ON, settings()), f"fail info: {SAYS} hq: on branch: off (default)"),
    "IKEv1": Case(
        around(settings(), settings()),
        f"not_applicable: {SAYS} hq negotiates no IKEv2 here",
        f"not_applicable: {SAYS} branch negotiates no IKEv2 here",
    ),
    "the settings were not read": Case(ikev2({}, ON), f"unknown: {SAYS} the IKE settings of hq were not read"),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"not_applicable: {SAYS} hq negotiates no IKEv2 here",
    ),
}
