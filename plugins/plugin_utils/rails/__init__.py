# SPDX-License-Identifier: GPL-3.0-or-later
"""The rails. This folder is the registry: every file that does not start with an underscore is one rail."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import (
    Check,
    Past,
    Rail,
    RefusedError,
    Situation,
    Stage,
)

__all__ = ["Check", "Past", "Rail", "RefusedError", "Situation", "Stage"]
