# SPDX-License-Identifier: GPL-3.0-or-later
"""Two devices and the tunnel between them, healthy unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    CryptoMapEntry,
    Device,
    Direction,
    IkePolicy,
    IkeSa,
    Interface,
    IpsecEntry,
    IpsecProfile,
    IpsecProposal,
    IpsecSa,
    Keepalive,
    LogLine,
    Origin,
    ProxyIdentities,
    SaReading,
    Selector,
    TransformSet,
    Tunnel,
    TunnelGroup,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import virtual_entries

HQ = "203.0.113.1"
BRANCH = "198.51.100.2"
HQ_LAN = "10.1.0.0/16"
BRANCH_LAN = "10.2.0.0/16"
LANE = f"{HQ_LAN} <-> {BRANCH_LAN}"
POLICY2 = IkePolicy(2, 10, ("aes-256",), ("sha256",), ("14",))
POLICY = IkePolicy(1, 10, ("aes-256",), ("sha",), ("5",), authentication="pre-share", lifetime=86400)


def identities(local: str = HQ_LAN, remote: str = BRANCH_LAN) -> ProxyIdentities:
    return ProxyIdentities(Selector(ip_network(local)), Selector(ip_network(remote)))


def sa(direction: Direction, spi: int, seconds: int | None = 20000, kilobytes: int | None = 4000000) -> IpsecSa:
    return IpsecSa(direction, spi, lifetime_seconds=seconds, lifetime_kilobytes=kilobytes)


def entry(
    peer: str = BRANCH,
    *,
    inbound: Sequence[int] = (),
    outbound: Sequence[int] = (),
    local: str = HQ_LAN,
    remote: str = BRANCH_LAN,
    seconds: int | None = 20000,
    kilobytes: int | None = 4000000,
    encaps: int = 1000,
    decaps: int = 1000,
    errors: int = 0,
    current_inbound: int | None = None,
    endpoint: str | None = None,
    incomplete: str = "",
) -> IpsecEntry:
    sas = [sa(Direction.INBOUND, spi, seconds, kilobytes) for spi in inbound]
    sas += [sa(Direction.OUTBOUND, spi, seconds, kilobytes) for spi in outbound]
    return IpsecEntry(
        identities(local, remote),
        ip_address(peer),
        counters={"pkts encaps": encaps, "pkts decaps": decaps, "send errors": errors, "recv errors": 0},
        current_outbound_spi=outbound[0] if outbound else None,
        current_inbound_spi=current_inbound,
        sas=tuple(sas),
        local_endpoint=ip_address(endpoint) if endpoint else None,
        incomplete=incomplete,
    )


def at_hq(**changes: Any) -> IpsecEntry:
    return entry(**{"inbound": (0xA1,), "outbound": (0xB1,), **changes})


def at_branch(**changes: Any) -> IpsecEntry:
    mine = {"inbound": (0xB1,), "outbound": (0xA1,), "local": BRANCH_LAN, "remote": HQ_LAN}
    return entry(HQ, **{**mine, **changes})


def ike(peer: str, state: str = "MM_ACTIVE", **changes: Any) -> IkeSa:
    return IkeSa(1, ip_address(peer), state, **{"kind": "L2L", "role": "initiator", **changes})


def config(
    address: str,
    peer: str | Sequence[str],
    *,
    local: str,
    remote: str,
    acl: Sequence[tuple[str, str]] | None = None,
    keepalive: Keepalive | None = None,
    map_changes: dict[str, Any] | None = None,
    **changes: Any,
) -> Config:
    """A configuration with one crypto map entry. ``map_changes`` are of that entry, the rest of the whole."""
    peers = (peer,) if isinstance(peer, str) else tuple(peer)
    interface = ip_interface(f"{address}/29")
    permits = acl if acl is not None else [(local, remote)]
    rules = tuple(
        AccessRule(
            True, Selector(ip_network(a)), Selector(ip_network(b)), f"access-list VPN extended permit ip {a} {b}"
        )
        for a, b in permits
    )
    map_entry = CryptoMapEntry(
        **{
            "map": "outside_map",
            "sequence": 10,
            "access_list": "VPN",
            "peers": tuple(ip_address(each) for each in peers),
            "transform_sets": ("AES",),
            **(map_changes or {}),
        }
    )
    whole: dict[str, Any] = {
        "interfaces": (
            Interface("Ethernet0/0", "outside", interface.ip, interface.network),
            Interface("Ethernet0/1", "inside", ip_network(local)[1], ip_network(local)),
        ),
        "access_lists": {"VPN": AccessList("VPN", rules)},
        "crypto_maps": (map_entry,),
        "crypto_map_interfaces": {"outside_map": ("outside",)},
        "transform_sets": {"AES": TransformSet("AES", ("esp-aes-256", "esp-sha-hmac"))},
        "ike_policies": (POLICY,),
        "ike_enabled": {1: ("outside",)},
        "tunnel_groups": {
            each: TunnelGroup(each, "ipsec-l2l", has_key=True, keepalive=keepalive or Keepalive(origin=Origin.READ))
            for each in peers
        },
        "all_read": frozenset({"tunnel-group", "crypto map"}),
    }
    built = Config(**{**whole, **changes})
    if "absent_lists" in changes or "access-list" in built.unread:
        return built
    # What was read whole and is not there is known not to be.
    named = {entry.access_list for entry in (*built.crypto_maps, *built.dynamic_maps) if entry.access_list}
    return replace(built, absent_lists=frozenset(named - built.access_lists.keys()))


def vti(
    address: str,
    peer: str,
    *,
    name: str = "Tunnel1",
    profile: dict[str, Any] | None = None,
    tunnel: dict[str, Any] | None = None,
    **changes: Any,
) -> Config:
    """A configuration with one virtual tunnel interface, whose profile and settings these change."""
    interface = ip_interface(f"{address}/29")
    proposed = {"transform_sets": ("AES",), **(profile or {})}
    made = {"tunnel_source": "outside", "tunnel_destination": ip_address(peer), "tunnel_profile": "P", **(tunnel or {})}
    interfaces = (
        Interface("Ethernet0/0", "outside", interface.ip, interface.network),
        Interface(name, name.lower(), tunnel_mode="ipv4", **made),
    )
    return virtual(
        config(address, peer, local=HQ_LAN, remote=BRANCH_LAN, access_lists={}),
        interfaces=interfaces,
        ipsec_profiles={"P": IpsecProfile("P", **proposed)},
        **changes,
    )


def virtual(whole: Config, **changes: Any) -> Config:
    """The configuration with the crypto map entries of its virtual tunnel interfaces, and no others."""
    whole = replace(whole, **changes)
    entries, applied = virtual_entries(whole.interfaces, whole.ipsec_profiles)
    return replace(whole, crypto_maps=entries, crypto_map_interfaces=applied)


def hub_config(*templates: CryptoMapEntry, **changes: Any) -> Config:
    """Hq with the dynamic map DYN and nothing else; a template is like the entry of a static map unless given."""
    entry = CryptoMapEntry("outside_map", 65535, dynamic_map="DYN")
    made = templates or (template(),)
    return hq_config(**{"crypto_maps": (entry,), "dynamic_maps": made, **changes})


def template(sequence: int = 10, **changes: Any) -> CryptoMapEntry:
    return CryptoMapEntry("DYN", sequence, **{"transform_sets": ("AES",), **changes})


def hq_config(peer: str | Sequence[str] = BRANCH, **changes: Any) -> Config:
    return config(HQ, peer, **{"local": HQ_LAN, "remote": BRANCH_LAN, **changes})


def branch_config(peer: str | Sequence[str] = HQ, **changes: Any) -> Config:
    return config(BRANCH, peer, **{"local": BRANCH_LAN, "remote": HQ_LAN, **changes})


def two_versions(
    peer: str, second: IkePolicy = POLICY2, keepalive: Keepalive | None = None, **entry: Any
) -> dict[str, Any]:
    """What makes an end one that offers both IKE versions to ``peer`` and lacks nothing for either."""
    keys = ("ikev1", "ikev2 local", "ikev2 remote")
    return {
        "map_changes": {"ikev2_proposals": ("P",), **entry},
        "ike_policies": (POLICY, second),
        "ike_enabled": {1: ("outside",), 2: ("outside",)},
        "ipsec_proposals": {"P": IpsecProposal("P", ("aes-256",), ("sha-256",))},
        "tunnel_groups": {
            peer: TunnelGroup(
                peer, "ipsec-l2l", has_key=True, keys=keys, keepalive=keepalive or Keepalive(origin=Origin.READ)
            )
        },
    }


def readings(
    first: Sequence[IpsecEntry] | None,
    second: Sequence[IpsecEntry] | None,
    first_ike: Sequence[IkeSa] | None,
    second_ike: Sequence[IkeSa] | None,
    start: float = 0.0,
) -> tuple[SaReading, ...]:
    def tuples(items: Sequence[Any] | None) -> tuple[Any, ...] | None:
        return None if items is None else tuple(items)

    return (
        SaReading(start, start + 5, tuples(first), tuples(first_ike)),
        SaReading(start + 30, start + 35, tuples(second), tuples(second_ike)),
    )


def device(name: str, config: Config | None, sas: tuple[SaReading, ...] = (), **changes: Any) -> Device:
    return Device(name, **{"version": Version(7, 2, 5), "config": config, "readings": sas, **changes})


def hq(
    *sas: IpsecEntry,
    then: Sequence[IpsecEntry] | None = None,
    states: Sequence[str] = ("MM_ACTIVE",),
    states_then: Sequence[str] | None = None,
    config: Config | None = None,
    **changes: Any,
) -> Device:
    """``sas`` is what the newest reading shows, ``then`` the first one where it differed."""
    earlier = [ike(BRANCH, state) for state in (states if states_then is None else states_then)]
    newest = [ike(BRANCH, state) for state in states]
    read = readings(sas if then is None else then, sas, earlier, newest)
    return device("hq", config or hq_config(), read, **changes)


def branch(
    *sas: IpsecEntry,
    then: Sequence[IpsecEntry] | None = None,
    states: Sequence[str] = ("MM_ACTIVE",),
    states_then: Sequence[str] | None = None,
    config: Config | None = None,
    **changes: Any,
) -> Device:
    earlier = [ike(HQ, state, role="responder") for state in (states if states_then is None else states_then)]
    newest = [ike(HQ, state, role="responder") for state in states]
    read = readings(sas if then is None else then, sas, earlier, newest, start=1.0)
    return device("branch", config or branch_config(), read, **changes)


def tunnel(left: Device | None = None, right: Device | None = None, **options: Any) -> Tunnel:
    """The one tunnel between two devices: healthy, with one pair of SAs, unless given others."""
    (only,) = pair([left or hq(at_hq()), right or branch(at_branch())], **options)
    return only


def config_tunnel(left: Config | None = None, right: Config | None = None, **options: Any) -> Tunnel:
    """A healthy tunnel whose configurations are these."""
    return tunnel(
        hq(at_hq(), config=left or hq_config()), branch(at_branch(), config=right or branch_config()), **options
    )


def unread_branch(**changes: Any) -> Device:
    return Device("branch", problems=("connection timed out",), public_addresses=(ip_address(BRANCH),), **changes)


def half_read(**options: Any) -> Tunnel:
    """A tunnel of which only hq was read."""
    return tunnel(hq(at_hq()), unread_branch(), **options)


def once(which: Device) -> Device:
    """The device as if the second reading had failed."""
    return replace(which, readings=which.readings[:1])


def log(text: str, message_id: int | None = None, **changes: Any) -> LogLine:
    return LogLine(text, message_id, **changes)
