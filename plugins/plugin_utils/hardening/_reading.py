# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends read again, by the commands that the settings need and no others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, End
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import same_entry
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._whole import of_crypto
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_tunnel_group import effective
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions, Talk
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import CRYPTO, GROUPS, POLICIES, Setting


def commands(settings: Sequence[Setting]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(command for setting in settings for command in setting.reads))


def end_now(sessions: Sessions, end: End, settings: Sequence[Setting]) -> Talk[End]:
    """The end with the parts of its configuration that these settings are about as they are now.

    :raises AbortError: ``unread``, when a part could not be read, or the end has lost what they are about.
    """
    config = end.device.config or Config()
    asked = commands(settings)
    group = end.tunnel_group
    if GROUPS in asked:
        # Who shares a group-policy is to be seen in all tunnel-groups only.
        alone = POLICIES not in asked and group is not None
        command = f"{GROUPS} {group.name}" if alone and group is not None else GROUPS
        groups = effective((yield from read(sessions, end.name, GROUPS, command)).value)
        config = dataclasses.replace(config, tunnel_groups={**config.tunnel_groups, **groups} if alone else groups)
        if group is not None and group.name not in groups:
            raise AbortError("unread", f"{end.name}: there is no tunnel-group {group.name} any more")
    if POLICIES in asked:
        policies = (yield from read(sessions, end.name, POLICIES)).value
        config = dataclasses.replace(config, group_policies=policies, unread=config.unread - {"group-policy"})
    if CRYPTO in asked:
        crypto = (yield from read(sessions, end.name, CRYPTO)).value
        config = dataclasses.replace(config, **of_crypto(crypto, config.interfaces))
    now = _of(end, config)
    if end.map_entry is not None and now.map_entry is None:
        raise AbortError("unread", f"{end.name}: there is no crypto map entry {end.map_entry} any more")
    return now


def end_saved(sessions: Sessions, end: End) -> Talk[End | None]:
    """The end as a reload would bring it back. Not knowing it is no reason to harden nothing."""
    answer = yield from sessions.ask(end.name, "show startup-config")
    parsed = find("show startup-config").parse(answer.text)
    if answer.refusal or answer.incomplete or parsed.incomplete:
        return None
    return _of(end, parsed.value)


def _of(end: End, config: Config) -> End:
    group, entry = end.tunnel_group, end.map_entry
    return dataclasses.replace(
        end,
        device=dataclasses.replace(end.device, config=config),
        tunnel_group=config.tunnel_groups.get(group.name) if group is not None else None,
        map_entry=same_entry(config, entry) if entry is not None else None,
    )
