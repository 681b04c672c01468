# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, ike, once, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - IKE SAs to one peer -"
TWO = ["MM_ACTIVE", "MM_ACTIVE"]


def _rekeyed(device: Device) -> Device:
    """The older of two IKE SAs says that it was replaced."""
    both = (ike(HQ, rekey=True), ike(HQ))
    return replace(device, readings=tuple(replace(each, ike=both) for each in device.readings))


SECOND = "198.51.100.9"


def _two_peers() -> Device:
    """Hq's crypto map names two addresses of branch, and has an IKE SA to each."""
    device = hq(at_hq(), config=hq_config([BRANCH, SECOND]))
    both = (ike(BRANCH), ike(SECOND))
    return replace(device, readings=tuple(replace(each, ike=both) for each in device.readings))


CASES = {
    "one": Case(tunnel(), f"pass: {SAYS} hq: 1 branch: 1"),
    "two at branch": Case(
        tunnel(hq(at_hq(outbound=(0xC1,))), branch(at_branch(), states=TWO)), f"fail warning: {SAYS} hq: 1 branch: 2"
    ),
    "two at branch and traffic passes": Case(
        tunnel(right=branch(at_branch(), states=TWO)), f"fail info: {SAYS} hq: 1 branch: 2, and the SPIs mirror"
    ),
    "two of IKEv2": Case(
        tunnel(hq(at_hq(), states=["READY", "READY"]), branch(at_branch(), states=["READY", "READY"])),
        f"fail info: {SAYS} hq: 2 branch: 2, and the SPIs mirror",
    ),
    "a rekey of IKEv1": Case(tunnel(right=_rekeyed(branch(at_branch()))), f"pass: {SAYS} hq: 1 branch: 1"),
    "a rekey of IKEv2": Case(
        tunnel(right=branch(at_branch(), states=["READY", "READY"], states_then=["READY"])),
        f"transient: {SAYS} hq: 1 branch: 2: they were fewer in the first reading",
    ),
    "one more is still negotiated": Case(
        tunnel(right=branch(at_branch(), states=["MM_ACTIVE", "MM_WAIT_MSG3"])), f"pass: {SAYS} hq: 1 branch: 1"
    ),
    "one to each address of the peer": Case(
        tunnel(_two_peers(), branch(at_branch(), public_addresses=(ip_address(SECOND),), config=branch_config())),
        f"pass: {SAYS} hq: 1 branch: 1",
    ),
    "read once": Case(
        tunnel(right=once(branch(at_branch(), states=TWO))),
        f"unknown: {SAYS} hq: 1 branch: 2: read once, and a rekey has two",
    ),
    "no IKE SA": Case(tunnel(hq(states=[]), branch(states=[])), f"not_applicable: {SAYS} no IKE SA is up"),
    "an end was not read": Case(half_read(), f"unknown: {SAYS} the IKE SAs of branch were not read"),
}
