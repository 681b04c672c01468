# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch with two providers: the interface that its peer asks first goes down.

Command reference, `crypto map set peer`: several peers are asked in their order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lab.trying import KEY, Edit, only, texts, tried


def two_providers(text: str) -> str:
    if "hostname hq" in text:
        head = "tunnel-group 192.0.2.66"
        group = f"{head} type ipsec-l2l\n{head} ipsec-attributes\n ikev1 pre-shared-key {KEY}\n"
        return text.replace("set peer 203.0.113.1\n", "set peer 203.0.113.1 192.0.2.66\n").replace(
            "prompt hostname", f"{group}prompt hostname"
        )
    interface = (
        "interface GigabitEthernet0/2\n nameif backup\n security-level 0\n ip address 192.0.2.66 255.255.255.192\n!\n"
    )
    route = "route outside 0.0.0.0 0.0.0.0 203.0.113.254 1"
    return (
        text.replace("interface GigabitEthernet0/1\n", f"{interface}interface GigabitEthernet0/1\n")
        .replace(f"{route}\n", f"{route} track 1\nroute backup 0.0.0.0 0.0.0.0 192.0.2.126 254\n")
        .replace(
            "outside_map interface outside\n",
            "outside_map interface outside\ncrypto map outside_map interface backup\n",
        )
        .replace("ikev1 enable outside\n", "ikev1 enable outside\ncrypto ikev1 enable backup\n")
    )


def gated(out: Path, edit: Edit) -> dict[str, Any]:
    before = texts("before", hq=two_providers, branch=two_providers)
    return only(
        tried(out, {"before": before}, hq=lambda t: edit(two_providers(t)), branch=lambda t: edit(two_providers(t)))
    )


def test_the_second_peer_takes_over(tmp_path: Path) -> None:
    tunnel = gated(tmp_path, lambda text: text.replace("set pfs group14", "set pfs group19"))
    assert list(tunnel["before"]["backup"]) == list(tunnel["after"]["backup"]) == ["branch"]
    assert 10 < tunnel["after"]["backup"]["branch"] < 120


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("tunnel-group 192.0.2.66 type ipsec-l2l\n", None),
        ("crypto map outside_map interface backup\n", ""),
        ("crypto ikev1 enable backup\n", ""),
        ("route backup 0.0.0.0 0.0.0.0 192.0.2.126 254\n", ""),
    ],
)
def test_a_backup_that_lacks_a_line_never_takes_over(line: str, instead: str | None, tmp_path: Path) -> None:
    def without(text: str) -> str:
        if instead is None:
            head, group, rest = text.partition(line)
            return head + rest[rest.index("prompt hostname") :] if group else text
        return text.replace(line, instead)

    tunnel = gated(tmp_path, without)
    assert {end: up["came_up"] for end, up in tunnel["after"]["up"].items()} == {"hq": True, "branch": True}
    assert tunnel["before"]["backup"]["branch"] is not None
    assert tunnel["after"]["backup"] == {"branch": None}


def test_one_provider_has_no_backup_to_try(tmp_path: Path) -> None:
    tunnel = only(tried(tmp_path, branch=lambda text: text.replace("set pfs group14", "set pfs group19")))
    assert tunnel["after"]["backup"] == {}


def two_firewalls(side: str, edit: Edit) -> dict[str, tuple[str, str]]:
    """A second firewall at the headquarters, which the branch asks when the first does not answer."""
    found = texts(side)
    head = "tunnel-group 198.51.100.33"
    group = f"{head} type ipsec-l2l\n{head} ipsec-attributes\n ikev1 pre-shared-key {KEY}\n"
    second = found["hq"][1].replace("hostname hq", "hostname hq2").replace("198.51.100.1 ", "198.51.100.33 ")
    branch = found["branch"][1].replace("set peer 198.51.100.1\n", "set peer 198.51.100.1 198.51.100.33\n")
    branch = branch.replace("prompt hostname", f"{group}prompt hostname")
    whole = {"hq": found["hq"][1], "hq2": second.replace("192.168.1.1 ", "192.168.1.2 "), "branch": branch}
    return {name: (f"{side}/{name}.cfg", edit(text)) for name, text in whole.items()}


def test_the_second_firewall_takes_over(tmp_path: Path) -> None:
    """Without keepalives the branch never leaves the first."""

    def no_keepalive(text: str) -> str:
        key = f"tunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key {KEY}\n"
        return text.replace(key, f"{key} isakmp keepalive disable\n")

    wish = {"before": two_firewalls("before", str), "candidate": two_firewalls("candidate", no_keepalive)}
    document = tried(tmp_path, {**wish, "order": ["hq", "hq2", "branch"]})
    assert document["problems"] == []
    first, second = document["tunnels"]
    assert (first["ends"], second["ends"]) == (["hq", "branch"], ["hq2", "branch"])
    assert first["after"]["takeover"] == {}
    assert 10 < second["before"]["takeover"]["hq"] < 120
    assert second["after"]["takeover"] == {"hq": None}
