# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings there are, in the order in which they are made, and the steps by which rules name them."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    align_lifetimes,
    align_pfs,
    align_transforms,
    enable_dpd,
    lift_idle_timeout,
    notify_disconnect,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import Setting

ALL = "all"

# Those of the IKE SA first, and what a rekey depends on last. DPD alone has values to be asked for.
_FIRST = "dpd"
_OTHERS = (notify_disconnect, lift_idle_timeout, align_lifetimes, align_pfs, align_transforms)

NAMES = (_FIRST, *(step.SETTING.name for step in _OTHERS), ALL)
"""What ``harden_settings`` may hold."""

WHOLE_DEVICE = frozenset({notify_disconnect.SETTING.name})
"""Those that are lines of the whole device, wherever they are made."""


def settings(names: Sequence[str], keepalive: Keepalive) -> tuple[Setting, ...]:
    """The settings by these names, each once. DPD is to be ``keepalive``.

    :raises ValueError: there is none by such a name, or no name.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown or not names:
        raise ValueError(f"harden_settings is {', '.join(names) or 'empty'}: give one or more of {', '.join(NAMES)}")
    every = (enable_dpd.setting(keepalive), *(step.SETTING for step in _OTHERS))
    return tuple(each for each in every if ALL in names or each.name in names)


def of_step(fixed_by: str) -> str:
    """The setting whose step a rule names as its cure, or an empty string when no hardening mends it."""
    steps: dict[str, str] = {_module(step): step.SETTING.name for step in _OTHERS} | {_module(enable_dpd): _FIRST}
    return steps.get(fixed_by, "")


def _module(step: ModuleType) -> str:
    return step.__name__.rpartition(".")[2]
