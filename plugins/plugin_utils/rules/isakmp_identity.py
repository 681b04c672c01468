# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end names itself as its peer looks it up."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    IkeSettings,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    absent,
    modern,
    unread_config,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import CERTIFICATE, local_proofs, proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="isakmp-identity",
    title="Each end names itself as its peer looks it up",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="With a host name or a key id as identity the peer searches a tunnel-group of that name first, and falls "
    "back to the address: a group that somebody makes under that name, or DefaultL2LGroup, takes the tunnel over. Main "
    "mode with keys looks at the address alone. The setting is the whole device's, so every tunnel feels it.",
    reads=("show running-config crypto", "show running-config all tunnel-group"),
    sources=(
        "ASA command reference, crypto isakmp identity",
        "blog.ine.com: Understanding how ASA firewall matches tunnel-group names",
    ),
    fixed_by="crypto isakmp identity address, or auto: a human decides, for all tunnels of the device",
    practice=True,
)
SUBJECT = "IKE identity"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    findings = unread_config(RULE, tunnel, SUBJECT)
    known = [(end, config, config.ike_settings) for end, config in _read(tunnel) if config.ike_settings is not None]
    for end, config in _read(tunnel):
        if config.ike_settings is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the IKE settings of {end.name} were not read"))
    words = " ".join(f"{end.name}: {_words(settings)}" for end, _, settings in known)
    wrong = [end for end, _, settings in known if _astray(tunnel, end, settings)]
    if wrong:
        # An IKE SA that is up was looked up somehow, and main mode finds the address: worth knowing, and no fault.
        up = all(any(sa.up for sa in end.ike or ()) for end in tunnel.ends)
        severity = Severity.INFO if up or all(_main_mode(end) for end in wrong) else Severity.WARNING
        others = [other for end in wrong if (other := tunnel.other(end)) is not None and other.tunnel_group is not None]
        looks = ", ".join(
            f"{each.name} has tunnel-group {each.tunnel_group.name}" for each in others if each.tunnel_group
        )
        fix = [Fix(end.name, (_line(end),), note="felt by every tunnel of the device") for end in wrong]
        findings.append(RULE.fails(tunnel, SUBJECT, f"{words}: {looks}", severity=severity, fix=fix))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)


def _read(tunnel: Tunnel) -> list[tuple[End, Config]]:
    return [(end, end.device.config) for end in tunnel.ends if end.device.config is not None]


def _astray(tunnel: Tunnel, end: End, settings: IkeSettings) -> bool:
    """Whether this end calls itself by a name while its peer's group is an address. Certificates bring their own."""
    other = tunnel.other(end)
    if settings.identity not in ("hostname", "key-id") or other is None or other.tunnel_group is None:
        return False
    return CERTIFICATE not in proofs(end, 1) | local_proofs(end) and _address(other.tunnel_group.name)


def _main_mode(end: End) -> bool:
    """IKEv1 in main mode alone, where the peer must know the key before it is told a name (RFC 2409 section 5.4)."""
    entry = end.map_entry
    return entry is not None and versions(entry) == {1} and entry.phase1_mode != "aggressive"


def _address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _words(settings: IkeSettings) -> str:
    return settings.identity or "auto (default)"


def _line(end: End) -> str:
    # The one IKE setting that keeps the old word from 8.4 on.
    return "crypto isakmp identity auto" if modern(end.device) else "crypto isakmp identity address"
