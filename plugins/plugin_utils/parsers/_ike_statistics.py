# SPDX-License-Identifier: GPL-3.0-or-later
"""``Global IKEv1|IKEv2 Statistics``: one label and its count a line, the same for both versions.

::

    Global IKEv1 Statistics
      Active Tunnels:              0              (``Standby Tunnels`` on a standby unit or group)
      Previous Tunnels:            0
      In Octets, In Packets, In Drop Packets, In Notifys, In P2 Exchanges ... Out Octets ...
      No Sa Fails:                 0              (the last one)
    Global IKEv2 Statistics
    Active Tunnels: 0                             (not indented; ``Child SA`` where IKEv1 has ``P2``)
    No Sa Fails: 0
    IKEV2 Call Admission Statistics               (newer releases; from engineering practice)
      Max Active SAs:                No Limit     (a word where there is no number)
      Cookie Challenge Threshold:       Never

From engineering practice too: releases whose IKEv2 statistics have labels of their own (``In IPSEC Delete``,
``SAs Locally Initiated``) end them with the rekeys, ``CHILD Rekey Remotely Initiated``.

Sources: Cisco ASA command reference, ``show crypto ikev1 stats`` and ``show crypto ikev2 stats``; captured on an
FPR-2130 with two contexts.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeStatistics, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import RULE, counter, is_rule, key

_HEADING = re.compile(r"(Global|Call Admission) (IKEv?[12]?) Statistics|(IKEv?[12]?) (Call Admission) Statistics", re.I)
_WORD = re.compile(r"([A-Z][\w -]{3,40}):\s{0,60}(No Limit|Never|Unlimited|None)")
_LAST = ("no_sa_fails", "child_rekey_remotely_initiated")


def parse(command: str, version: int, text: str) -> Parsed[IkeStatistics]:
    account = Account(command, text)
    counters: dict[str, int] = {}
    admission: dict[str, int | str] = {}
    section = ""
    for number, line in account.lines:
        if match := _HEADING.fullmatch(line):
            section = (match[1] or match[4]).lower() if (match[2] or match[3]).endswith(str(version)) else ""
            if not section:
                account.unknown(number, line)
        elif is_rule(line):
            account.skip(RULE)
        elif section == "global" and (found := counter(line)) and found[0] not in counters:
            counters[found[0]] = found[1]
        elif section == "call admission" and (found := counter(line)) and found[0] not in admission:
            admission[found[0]] = found[1]
        elif section == "call admission" and (match := _WORD.fullmatch(line)) and key(match[1]) not in admission:
            admission[key(match[1])] = match[2]
        else:
            account.unknown(number, line)
    missing = ""
    if not counters:
        missing = f"there are no 'Global IKEv{version} Statistics'"
    elif not any(last in counters for last in _LAST):
        missing = "the output ends before its last counter, 'No Sa Fails'"
    return account.parsed(IkeStatistics(version, counters, admission), missing)
