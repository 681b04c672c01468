# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import at_branch, at_hq, half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - path MTU -"
BIT = "DF bit copy-df (default)"
MINE, THEIRS = replace(at_hq(), path_mtu=1500), replace(at_branch(), path_mtu=1500)

CASES = {
    "the same": Case(
        around(settings(), settings(), sas=(MINE,), peer_sas=(THEIRS,)),
        f"pass: {SAYS} hq: 1500, {BIT} branch: 1500, {BIT}",
    ),
    "known at one end": Case(
        around(settings(), settings(), sas=(MINE,)), f"pass: {SAYS} hq: 1500, {BIT} branch: not known, {BIT}"
    ),
    "smaller one way": Case(
        around(settings(), settings(), sas=(MINE,), peer_sas=(replace(at_branch(), path_mtu=1420),)),
        f"fail info: {SAYS} hq: 1500, {BIT} branch: 1420, {BIT}",
    ),
    "small both ways": Case(
        around(
            settings(),
            settings(),
            sas=(replace(at_hq(), path_mtu=1380),),
            peer_sas=(replace(at_branch(), path_mtu=1380),),
        ),
        f"fail info: {SAYS} hq: 1380, {BIT} branch: 1380, {BIT}",
    ),
    "the DF bit is treated otherwise": Case(
        around(settings(df_bit={"outside": "clear-df"}), settings(), sas=(MINE,), peer_sas=(THEIRS,)),
        f"fail info: {SAYS} hq: 1500, DF bit clear-df branch: 1500, {BIT}",
    ),
    "no SA says": Case(
        around(settings(), settings()),
        f"not_applicable: {SAYS} no SA is up that says; hq: not known, {BIT} branch: not known, {BIT}",
    ),
    "the settings were not read": Case(
        around({}, settings(), sas=(MINE,)), f"unknown: {SAYS} the IPsec settings of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the IPsec settings of hq were not read",
    ),
}
