# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on the screen, and their pages."""

from __future__ import annotations

from datetime import date

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import listing, load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue.pages import generated
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Rule

RULES = (
    Rule(
        "weak-dh",
        "Groups are large",
        Severity.ERROR,
        Group.HYGIENE,
        "Small ones fall.",
        ("show running-config crypto",),
        sources=("RFC 8247",),
        fixed_by="a person",
        stig=("V-1",),
        limits={"allow_15": True},
        practice=True,
    ),
    Rule(
        "spi-mirror-mismatch", "They mirror", Severity.CRITICAL, Group.LIVE, "Or all is lost.", ("show x",), safe=True
    ),
)
MISSING = (
    Rule("map-age", "Maps are old", Severity.INFO, Group.MATCH, "Ages.", ("show y",), missing="no command tells it"),
)
CATALOGUE = load(
    """
profile: incident
rules:
  weak-dh: {at_least: critical, limits: {allow_15: false}}
tunnels: {hq-branch: {rules: {all: {enabled: true}}}}
waivers:
  - {rule: weak-dh, tunnel: hq-branch, reason: old box, owner: noc, expires: 2026-06-29}
  - {rule: weak-dh, device: paris, reason: new box, owner: noc, expires: 2026-06-30}
""",
    today=date(2026, 6, 30),
)


def test_the_table_says_what_the_catalogue_makes_of_each_rule() -> None:
    assert listing.of_all(CATALOGUE, RULES, MISSING) == [
        "The rules (catalog.yml, profile incident)",
        "",
        "Live state (live)",
        "  spi-mirror-mismatch  critical  They mirror",
        "",
        "Crypto hygiene (hygiene)",
        "  weak-dh              critical  Groups are large [disabled; by itself error; allow_15 false (true by "
        "itself); waived 2x]",
        "",
        "Waivers",
        "  weak-dh for hq-branch expired on 2026-06-29, by noc: old box",
        "  weak-dh for paris until 2026-06-30, by noc: new box",
        "",
        "What cannot be done yet",
        "  map-age: no command tells it",
        "",
        "2 rules, 1 disabled, 2 waivers; 1 cannot be done yet",
        "Some groups, devices or tunnels have settings of their own (1): see catalog.yml",
        "One rule with its reasons: -e rule=ID",
    ]


def test_one_rule_has_everything_that_is_known_of_it() -> None:
    assert listing.of_one(CATALOGUE, RULES, MISSING, "weak-dh") == [
        "weak-dh",
        "Groups are large",
        "",
        "severity    at worst critical, at least critical",
        "group       crypto hygiene",
        "why         Small ones fall.",
        "reads       show running-config crypto",
        "limits      allow_15 false",
        "fixed by    a person (never done by itself)",
        "STIG        V-1",
        "sources     RFC 8247; from engineering practice",
        "catalogue   disabled (catalog.yml, profile incident)",
        "waived      weak-dh for hq-branch expired on 2026-06-29, by noc: old box",
        "waived      weak-dh for paris until 2026-06-30, by noc: new box",
    ]


def test_a_rule_that_cannot_be_done_says_why() -> None:
    told = listing.of_one(CATALOGUE, RULES, MISSING, "map-age")
    assert told == ["map-age", "Maps are old", "", "not yet     no command tells it", "why         Ages."]


def test_a_rule_that_is_none_has_near_names() -> None:
    with pytest.raises(LookupError, match=r"there is no rule 'weak-dhh': did you mean weak-dh\?"):
        listing.of_one(CATALOGUE, RULES, MISSING, "weak-dhh")


def test_each_rule_has_a_page_and_all_of_them_one() -> None:
    pages = generated(RULES, MISSING, {"weak-dh": "hq-branch - DH group - hq: 2 branch: 2"})
    assert list(pages) == ["rules.md", "rules/weak-dh.md", "rules/spi-mirror-mismatch.md"]
    assert "2 rules, and 1 that cannot be done yet." in pages["rules.md"]
    assert "| [weak-dh](rules/weak-dh.md) | error | Groups are large |" in pages["rules.md"]
    assert "| map-age | Maps are old | no command tells it |" in pages["rules.md"]
    assert (
        pages["rules/weak-dh.md"]
        == """\
# weak-dh

<!-- Generated from plugins/plugin_utils/rules/weak_dh.py. To change it, change the rule. -->

**Groups are large**

At worst error; crypto hygiene.

Small ones fall.

When it fails it says, for example:

```text
hq-branch - DH group - hq: 2 branch: 2
```

| Limit | Default |
| --- | --- |
| `allow_15` | true |

- Reads: `show running-config crypto`
- Fixed by: a person (never done by itself)
- Cisco ASA VPN STIG: V-1
- Sources: RFC 8247; from engineering practice

[All rules](../rules.md)
"""
    )
