# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import LogHost, LogSettings, Tunnel
from tests.build import branch_config, config_tunnel, half_read, hq_config
from tests.rules.case import Case

SAYS = "hq-branch - VPN messages kept -"
GOOD = LogSettings(enabled=True, levels={"buffered": "informational"})
HOST = (LogHost(ip_address("10.1.0.9"), "inside"),)


def _at_hq(**settings: Any) -> Tunnel:
    left = LogSettings(**{"enabled": True, **settings})
    return config_tunnel(hq_config(logging=left), branch_config(logging=GOOD))


def _fails(word: str) -> str:
    return f"fail warning: {SAYS} hq: {word} branch: buffered informational"


def _passes(word: str) -> str:
    return f"pass: {SAYS} hq: {word} branch: buffered informational"


CASES = {
    "informational": Case(_at_hq(levels={"buffered": "informational"}), _passes("buffered informational")),
    "a level typed as a number": Case(_at_hq(levels={"buffered": "5"}), _passes("buffered 5")),
    "warnings": Case(_at_hq(levels={"buffered": "warnings"}), _fails("buffered warnings")),
    "the class goes before the destination": Case(
        _at_hq(levels={"buffered": "errors"}, classes={"vpn": {"buffered": "notifications"}}),
        _passes("buffered notifications"),
    ),
    "a class below the destination": Case(
        _at_hq(levels={"buffered": "debugging"}, classes={"vpn": {"buffered": "errors"}}), _fails("buffered errors")
    ),
    "another class": Case(
        _at_hq(levels={"buffered": "errors"}, classes={"auth": {"buffered": "debugging"}}), _fails("buffered errors")
    ),
    "a collector has them": Case(
        _at_hq(levels={"buffered": "errors", "trap": "notifications"}, hosts=HOST),
        _passes("buffered errors, trap notifications"),
    ),
    "a trap without a collector": Case(_at_hq(levels={"trap": "notifications"}), _fails("nowhere")),
    "a console keeps nothing": Case(_at_hq(levels={"console": "debugging"}), _fails("nowhere")),
    "logging is off": Case(_at_hq(enabled=False, levels={"buffered": "debugging"}), _fails("logging is off")),
    "a message is silenced": Case(
        _at_hq(levels={"buffered": "debugging"}, silenced=(713050,)), _fails("713050 silenced")
    ),
    "the messages were given another level": Case(
        _at_hq(levels={"buffered": "errors"}, message_levels={713049: "errors", 713050: "3"}),
        _passes("buffered errors"),
    ),
    "one of them was given a lower one": Case(
        _at_hq(levels={"buffered": "notifications"}, message_levels={713049: "debugging"}),
        _fails("buffered notifications"),
    ),
    "a list of messages": Case(
        _at_hq(levels={"buffered": "VPN"}, lists={"VPN": ("message 713049-713050",)}), _passes("buffered VPN")
    ),
    "a list of a class": Case(
        _at_hq(levels={"buffered": "VPN"}, lists={"VPN": ("level informational class vpn",)}), _passes("buffered VPN")
    ),
    "a list of another class": Case(
        _at_hq(levels={"buffered": "VPN"}, lists={"VPN": ("level informational class auth",)}), _fails("buffered VPN")
    ),
    "a list that is not there": Case(_at_hq(levels={"buffered": "VPN"}), _fails("buffered VPN")),
    "the settings of branch were not read": Case(
        config_tunnel(hq_config(logging=GOOD)), f"unknown: {SAYS} the logging settings of branch were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the logging settings of hq were not read",
    ),
}
