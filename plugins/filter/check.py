# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the tunnels between devices; the documentation is in check.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.texts import devices


def check(
    outputs: Mapping[str, Mapping[str, Any]],
    foreign_peers: Sequence[str] = (),
    public_addresses: Mapping[str, Sequence[str]] | None = None,
    stimulated: bool = False,
    catalog: str = "",
    profile: str = "",
) -> list[dict[str, Any]]:
    try:
        judgements = judge_all(
            devices(outputs, public_addresses),
            foreign_peers=[ip_address(each) for each in foreign_peers],
            stimulated=stimulated,
            catalogue=load(catalog, name="catalog", profile=profile),
        )
    except (AttributeError, LookupError, ValueError) as error:
        raise AnsibleFilterError(f"tunnelmend.asa.check: {error}") from error
    return [_plain(judgement) for judgement in judgements]


def _plain(judgement: Judgement) -> dict[str, Any]:
    return {
        "name": judgement.tunnel.name,
        "verdict": str(judgement.verdict),
        "cause": judgement.cause,
        "next_action": judgement.next_action,
        "findings": plain(judgement.findings),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"check": check}
