# SPDX-License-Identifier: GPL-3.0-or-later
"""Set what keeps a tunnel alive at both of its ends, or leave both as they were (sans I/O)."""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening._hardener import Hardener
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening._result import Hardened, as_hardened

__all__ = ["Hardened", "Hardener", "as_hardened"]
