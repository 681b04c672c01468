# SPDX-License-Identifier: GPL-3.0-or-later
"""List the rules as the site wants them, or show one; see plugins/modules/rules.py."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import listing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues

display = Display()


class ActionModule(ActionBase):
    """Runs on the controller; asks no device."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, args = self.validate_argument_spec(
            {
                "rule": {"type": "str", "default": ""},
                "catalog": {"type": "path", "default": ""},
                "profile": {"type": "str", "default": ""},
            }
        )
        catalogue = catalogues.read(args["catalog"], args["profile"], task_vars or {})
        every = [check.rule for check in (*rules.load(), *catalogue.own)]
        try:
            lines = (
                listing.of_one(catalogue, every, rules.missing(), args["rule"])
                if args["rule"]
                else listing.of_all(catalogue, every, rules.missing())
            )
        except LookupError as error:
            raise AnsibleActionFail(str(error)) from None
        # Shown by the action itself: whoever asked must see it, also where results of tasks are hidden.
        for line in lines:
            display.display(line)
        result.update(
            changed=False,
            catalog=str(catalogue),
            rules=[listing.plain_rule(catalogue, rule) for rule in every],
            missing={rule.id: rule.missing for rule in rules.missing()},
            waivers=[listing.plain_waiver(catalogue, waiver) for waiver in catalogue.waivers],
        )
        return result
