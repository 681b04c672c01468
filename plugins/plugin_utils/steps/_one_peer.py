# SPDX-License-Identifier: GPL-3.0-or-later
"""Read back the one peer that a line clears, right before it is sent.

Each of these commands clears every tunnel of the device when its last word is missing. Steps are made with a literal
peer; a plan, however, may have been through a file and a person's hands.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import UnsafeStepError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps.clear_ipsec_sa import literal

# What takes SAs down, abbreviated or not. Whatever begins like one of these must be one of the forms below, whole.
_BEGINS = re.compile(r"\s*(?:cl(?:e(?:ar?)?)?\b|vpn-s\S*\s+logo)", re.IGNORECASE)
_PEER = r"(?P<peer>[0-9A-Fa-f.:]+)"
_FORMS = tuple(
    map(
        re.compile,
        (
            rf"clear crypto ipsec sa peer {_PEER}",
            rf"clear crypto ikev[12] sa {_PEER}",
            rf"vpn-sessiondb logoff ipaddress {_PEER} noconfirm",
        ),
    )
)
_VERSION = re.compile(r"clear crypto ikev([12]) sa ")


def is_clear(command: str) -> bool:
    """Whether a line takes SAs down, or could."""
    return _BEGINS.match(command) is not None


def cleared_by(command: str) -> Address:
    """The one peer whose SAs this line takes down.

    :raises UnsafeStepError: it has none of the forms that name one literal peer.
    """
    match = next(filter(None, (form.fullmatch(command) for form in _FORMS)), None)
    if match is None:
        raise UnsafeStepError(
            f"{command!r} does not name one literal peer, and could clear every tunnel of the device. It was not sent"
        )
    return literal(match["peer"])


def ike_version(command: str) -> int | None:
    """The version of IKE whose SA this line clears; ``None`` for a session, which has either."""
    match = _VERSION.match(command)
    return int(match[1]) if match else None
