# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all]``: the whole configuration, of which the VPN part is read.

Each block goes to the parser of its part; what is outside the VPN part is known by its first word, from the list
below. The output is whole when it ends with ``: end``.

Sources: Cisco ASA configuration guides 7.0 to 9.x; captured on 9.2(2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_access_group as access_group,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_access_list as access_list,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_crypto as crypto
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_event_manager as event_manager,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_group_policy as group_policy,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_interface as interface
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_logging as logging
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_management_access as management_access,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_names as names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_nat as nat
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_object as objects
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_object_group as object_group,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_route as route
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import show_running_config_sysopt as sysopt
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_running_config_tunnel_group as tunnel_group,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import (
    COMMENT,
    Block,
    affirmed,
    is_comment,
    words,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._whole import Parts

COMMAND = "show running-config"
NOT_VPN = "not about VPN"

_PARTS = (
    access_group,
    access_list,
    crypto,
    event_manager,
    group_policy,
    interface,
    logging,
    management_access,
    names,
    nat,
    object_group,
    objects,
    route,
    sysopt,
    tunnel_group,
)
_PART_OF = {keyword: part for part in _PARTS for keyword in part.KEYWORDS}
_IDENTITY = ("hostname",)

# Top-level words of a configuration that say nothing about tunnels. `ip` needs its second word: at the margin of a
# page that lost its blanks, `ip address` belongs to an interface.
_OTHER = words(
    """
    aaa aaa-server admin-context alias app-agent arp arp-inspection as-path asdm asp auth-prompt
    auto-update banner bfd boot call-home call-home-profile checkheaps class class-map client-update clock
    cluster compression config-register console context coredump crashinfo ctl-file ctl-provider cts cxsc ddns
    debug dhcp-client dhcpd dhcprelay dns dns-group dns-guard domain-name dp-tcp-proxy
    dynamic-access-policy-config dynamic-access-policy-record dynamic-filter enable established failover filter
    fips firewall fixup flow-export flow-offload fragment ftp ftp-map ftp-mode fxos gtp-map hpm http http-map
    hw-module icmp igmp imap4s information-reporting ip-client ipv6 jumbo-frame key key-chain lacp ldap license
    license-server logout mac-address mac-address-table mac-learn map media-termination mfib mgcp-map
    monitor-interface mount mroute mtu multicast multicast-routing mus nat-assigned-to-public-ip netmod ntp nve
    pager passive-interface passwd password password-policy phone-proxy pim pnp policy-list policy-map
    policy-route pop3s port-channel port-object prefix-list priority-queue privilege prompt quit quota
    reserve-port-protection rest-api route-map router same-security-traffic scansafe scim service
    service-interface service-policy setup sla smtp-server smtps snmp snmp-map snmp-server snort ssh ssl
    statistics sunrpc-server switch-module tcp-map telnet terminal tftp-server threat-detection time-range
    timeout tls-proxy track traffic-forwarding translate tunnel-group-map tunnel-group-preference uc-ime
    umbrella-global unified-communications url-block url-cache url-list url-server user-alert user-identity
    username virtual vpdn vpn vpn-addr-assign vpn-load-balancing vpn-sessiondb vpnclient vpnsetup wccp webvpn
    xlate zone zone-pair zonelabs-integrity
    """
)
_OTHER_IP = frozenset({"local", "audit", "verify", "client", "prefix-list", "comp"})


def _top(words: list[str]) -> str | None:
    """The keyword by which a line at the margin is a top line, or ``None``."""
    first, *rest = affirmed(words)
    if rest and (two := f"{first} {rest[0]}") in _PART_OF:
        return two
    if first in _PART_OF or first in _OTHER or first in _IDENTITY:
        return first
    if first == "ip" and rest and rest[0] in _OTHER_IP:
        return first
    return None


def _is_header(words: list[str]) -> bool:
    """``ASA Version 9.2(2)4``, ``PIX Version 7.2(5)`` and ``Cryptochecksum:...`` around a configuration."""
    return words[1:2] == ["Version"] or words[0].startswith("Cryptochecksum:")


def parse(text: str) -> Parsed[Config]:
    account = Account(COMMAND, text, indented=True)
    return whole(account, "the configuration does not end with ': end'", ends=lambda line: line == ": end")


def whole(account: Account, cut: str, *, ends: Callable[[str], bool]) -> Parsed[Config]:
    """A whole configuration, whichever command printed it; ``cut`` says what is wrong when no line ``ends`` it."""
    groups: dict[str, list[Block]] = defaultdict(list)
    current: tuple[str, Block] | None = None
    hostname = None
    ended = False
    for number, raw in account.lines:
        line = raw.strip()
        words = line.split()
        ended |= ends(line)
        top = None if current and (raw[0] == " " or _belongs(current[0], words)) else _top(words)
        part = _PART_OF.get(current[0]) if current else None
        if is_comment(line):
            account.skip(COMMENT)
        elif top:
            current = (top, Block(number, line, words))
            if top == "hostname":
                hostname = words[1] if len(words) > 1 else None
            elif top in _PART_OF:
                groups[top].append(current[1])
            else:
                account.skip(NOT_VPN)
        elif _is_header(words):
            current = None
            account.skip(COMMENT)
        elif current and current[1].wraps(line):
            pass
        elif current and part and (raw[0] == " " or _knows(part, words)):
            current[1].children.append((number, line))
        elif current and not part and raw[0] == " ":
            account.skip(NOT_VPN)
        else:
            account.unknown(number, line)
    value = _read(groups, account, hostname)
    return account.parsed(value, "" if ended else cut)


def _belongs(keyword: str, words: list[str]) -> bool:
    """Whether a line at the margin is the block's before it, though it begins as a top line may."""
    return keyword == "object" and nat.in_object(words)


def _knows(part: object, words: list[str]) -> bool:
    """Whether a line that lost its indentation can belong to a block of this part."""
    knows = getattr(part, "knows", None)
    return bool(knows and knows(words))


def _read(groups: dict[str, list[Block]], account: Account, hostname: str | None) -> Config:
    def blocks(part: object) -> list[Block]:
        keywords = getattr(part, "KEYWORDS", ())
        return sorted((each for keyword in keywords for each in groups[keyword]), key=lambda each: each.number)

    known = names.read(blocks(names), account)
    return Parts(
        hostname=hostname,
        names=known,
        interfaces=interface.read(blocks(interface), account, known),
        objects=objects.read(blocks(objects), account),
        object_groups=object_group.read(blocks(object_group), account),
        access_lists=access_list.read(blocks(access_list), account),
        crypto=crypto.read(blocks(crypto), account, known),
        tunnel_groups=tunnel_group.read(blocks(tunnel_group), account),
        group_policies=group_policy.read(blocks(group_policy), account),
        management_access=management_access.read(blocks(management_access), account),
        nat=nat.read(blocks(nat), account, blocks(objects)),
        routes=route.read(blocks(route), account, known),
        sysopt=sysopt.read(blocks(sysopt), account),
        logging=logging.read(blocks(logging), account, known),
        applets=event_manager.read(blocks(event_manager), account),
        access_groups=access_group.read(blocks(access_group), account),
    ).config()


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, aliases=("write terminal", "more system:running-config"))
