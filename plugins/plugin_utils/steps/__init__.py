# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed at a device, one file a step: its commands, what it interrupts, its undo and its proof."""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._one_peer import cleared_by, ike_version, is_clear
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step, UnsafeStepError

__all__ = ["Phase", "Step", "UnsafeStepError", "cleared_by", "ike_version", "is_clear"]
