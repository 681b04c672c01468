# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import BRANCH, HQ, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel, two_versions
from tests.rules.case import Case

V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}

CASES = {
    "not set at either end": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - PFS group - hq: not set branch: not set",
    ),
    "the same group": Case(
        config_tunnel(hq_config(map_changes={"pfs": "group5"}), branch_config(map_changes={"pfs": "group5"})),
        "pass: hq-branch / outside_map 10 - PFS group - hq: group5 branch: group5",
    ),
    "hq requires what branch does not offer": Case(
        config_tunnel(hq_config(map_changes={"pfs": "group5"})),
        (
            "fail error: hq-branch / outside_map 10 - PFS group - hq: group5 branch: not set: works only "
            "while hq initiates, and a rekey that branch starts fails"
        ),
    ),
    "IKEv2 of branch requires what hq does not offer": Case(
        config_tunnel(hq_config(map_changes=V2), branch_config(map_changes={**V2, "pfs": "group19"})),
        (
            "fail error: hq-branch / outside_map 10 - PFS group - hq: not set branch: group19: a rekey that "
            "hq starts fails; IKEv2 shows it after its first SAs, at the next line of the list or the first rekey "
            "(RFC 7296 section 1.2)"
        ),
    ),
    "different groups": Case(
        config_tunnel(hq_config(map_changes={"pfs": "group5"}), branch_config(map_changes={"pfs": "group2"})),
        "fail critical: hq-branch / outside_map 10 - PFS group - hq: group5 branch: group2",
    ),
    "different groups with IKEv2": Case(
        config_tunnel(
            hq_config(map_changes={**V2, "pfs": "group14"}), branch_config(map_changes={**V2, "pfs": "group19"})
        ),
        (
            "fail critical: hq-branch / outside_map 10 - PFS group - hq: group14 branch: group19: IKEv2 "
            "shows it after its first SAs, at the next line of the list or the first rekey (RFC 7296 section 1.2)"
        ),
    ),
    "a bare set pfs of two releases": Case(
        tunnel(
            hq(config=hq_config(map_changes={"pfs": "default"})),
            branch(config=branch_config(map_changes={"pfs": "default"}), version=Version(9, 16)),
        ),
        ("fail critical: hq-branch / outside_map 10 - PFS group - hq: group2 (default) branch: group14 (default)"),
    ),
    "a bare set pfs of an unknown release": Case(
        tunnel(
            hq(config=hq_config(map_changes={"pfs": "default"}), version=None),
            branch(config=branch_config(map_changes={"pfs": "group5"})),
        ),
        (
            "unknown: hq-branch / outside_map 10 - PFS group - hq: default branch: group5: the default "
            "depends on the release, which was not read"
        ),
    ),
    "whatever a bare set pfs means, branch has none": Case(
        tunnel(hq(config=hq_config(map_changes={"pfs": "default"}), version=None)),
        (
            "fail error: hq-branch / outside_map 10 - PFS group - hq: default branch: not set: works only "
            "while hq initiates, and a rekey that branch starts fails"
        ),
    ),
    "PFS at hq alone, and of two versions IKEv1 is left": Case(
        config_tunnel(
            hq_config(**two_versions(BRANCH, pfs="group14")),
            branch_config(**{**two_versions(HQ, pfs=None), "ike_enabled": {1: ("outside",)}}),
        ),
        (
            "fail error: hq-branch / outside_map 10 - PFS group - hq: group14 branch: not set: works only while hq "
            "initiates, and a rekey that branch starts fails"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - PFS group - the configuration of branch was not read (connection timed out)",
    ),
}
