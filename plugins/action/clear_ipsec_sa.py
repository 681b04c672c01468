# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear the IPsec SAs of one peer on one device; documented in plugins/modules/clear_ipsec_sa.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, IpsecEntry
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import UnsafeStepError, clear_ipsec_sa

SHOW = find("show crypto ipsec sa")
Spis = dict[str, list[int]]


class ActionModule(ActionBase):
    """Compares, then clears: what was not read is never cleared."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "peer": {"type": "str", "required": True},
                "expect_spis": {"type": "list", "elements": "str"},
            }
        )
        host = (task_vars or {})["inventory_hostname"]
        # Before any login, so that a mistake in a playbook costs none.
        try:
            command = clear_ipsec_sa.command(args["peer"])
        except UnsafeStepError as error:
            raise AnsibleActionFail(f"{host}: {error}") from None
        expected = None if args["expect_spis"] is None else _numbers(args["expect_spis"])

        connection = login.own(self._connection, host)
        login.require_privilege(connection, host)
        peer = command.rpartition(" ")[2]
        show = f"{SHOW.command} peer {peer}"
        try:
            before = _read(connection, host, show)
        except AnsibleError as error:
            raise AnsibleActionFail(f"{error.message}. Nothing was cleared") from None
        result.update(changed=False, command=command, before=before, after=before)
        if not _all(before):
            result["msg"] = f"{host} has no IPsec SA to {peer}: nothing to clear."
        elif expected is not None and expected != _all(before):
            result["failed"] = True
            result["msg"] = (
                f"{host} shows {_words(_all(before))} to {peer}, and {_words(expected)} was expected: something "
                "renegotiated meanwhile. Nothing was cleared"
            )
        elif self._task.check_mode:
            result.update(changed=True, after=None, msg=f"{host}: would send {command!r}. Nothing was sent.")
        else:
            result.update(_clear(connection, host, command, show, before))
        return result


def _clear(connection: Connection, host: str, command: str, show: str, before: Spis) -> dict[str, Any]:
    """Send the clear and say what became of it. From here on a failure must not hide that something was sent."""
    unknown = {"changed": True, "after": None, "failed": True}
    try:
        answer = connection.run(command)
    except AnsibleError as error:
        return unknown | {"msg": f"{error.message}. Whether {host} carried out {command!r} is not known"}
    if answer.refusal:
        return {"failed": True, "msg": f"{host} refused {command!r}: {answer.refusal}. Nothing was cleared"}
    try:
        after = _read(connection, host, show)
    except AnsibleError as error:
        return unknown | {"msg": f"{error.message}. Before that, {command!r} was sent"}
    kept = _all(before) & _all(after)
    found = {"changed": before != after, "after": after}
    if kept:
        return found | {"failed": True, "msg": f"{host} still shows {_words(kept)} after {command!r}"}
    return found | {"msg": f"{host}: {_words(_all(before))} cleared, now {_words(_all(after))}."}


def _read(connection: Connection, host: str, show: str) -> Spis:
    """The SPIs by direction.

    :raises AnsibleError: refused, cut, or with lines that nobody understands.
    """
    answer = connection.run(show)
    connection.settle()
    found = SHOW.parse(answer.text)
    why = answer.incomplete or answer.refusal or found.incomplete
    if not why and found.unparsed:
        why = f"line {found.unparsed[0].number} is not understood: {found.unparsed[0].text.strip()!r}"
    if why:
        raise AnsibleActionFail(f"{host}: {show!r} was not read: {why}")
    return _spis(found.value)


def _spis(entries: Sequence[IpsecEntry]) -> Spis:
    return {
        direction.value: sorted({spi for entry in entries for spi in entry.spis(direction)}) for direction in Direction
    }


def _numbers(spis: Sequence[str]) -> frozenset[int]:
    """SPIs as a user wrote them: 511854332 or 0x1E8246FC."""
    found = set()
    for spi in spis:
        try:
            found.add(int(spi, 0))
        except ValueError:
            raise AnsibleActionFail(
                f"expect_spis: {spi!r} is no SPI. Write a number, or as the device does, such as 0x1E8246FC. "
                "Nothing was sent"
            ) from None
    return frozenset(found)


def _all(spis: Spis) -> frozenset[int]:
    return frozenset(spi for each in spis.values() for spi in each)


def _words(spis: frozenset[int]) -> str:
    return f"SPI {', '.join(f'0x{spi:08X}' for spi in sorted(spis))}" if spis else "no SA"
