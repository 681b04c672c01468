# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the remediation of one tunnel; the documentation is in plan.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import plan as planning
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.texts import devices


def plan(
    outputs: Mapping[str, Mapping[str, Any]],
    tunnel: str,
    foreign_peers: Sequence[str] = (),
    public_addresses: Mapping[str, Sequence[str]] | None = None,
    addresses: Mapping[str, str] | None = None,
    stimulated: bool = False,
) -> dict[str, Any]:
    try:
        judgements = judge_all(
            devices(outputs, public_addresses),
            foreign_peers=[ip_address(each) for each in foreign_peers],
            stimulated=stimulated,
        )
        judgement = named(judgements, tunnel)
        reached = {name: (ip_address(address),) for name, address in (addresses or {}).items()}
    except (AttributeError, LookupError, ValueError) as error:
        raise AnsibleFilterError(f"tunnelmend.asa.plan: {error}") from error
    try:
        planned = planning.plan(judgement, reached)
    except planning.RefusedError as refused:
        return {"planned": False, "gate": refused.gate, "message": str(refused)}
    if planned is None:
        return {"planned": False}
    found: dict[str, Any] = plain(planned)
    return {"planned": True, **found, "lines": list(planned.lines)}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"plan": plan}
