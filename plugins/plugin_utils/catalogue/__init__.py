# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules as a site wants them: its ``catalog.yml``, read, checked and applied. Only an audit asks for it.

Remediation and hardening judge by the rules as shipped: no setting of a site may make them act, or keep them from
refusing.
"""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._apply import (
    NoRuleError,
    Ruled,
    expired,
    ruled,
    unmatched,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._document import tunnel_document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._load import load, profiles
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import (
    AS_SHIPPED,
    Catalogue,
    Effective,
    Waiver,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._nodes import CatalogueError

__all__ = [
    "AS_SHIPPED",
    "Catalogue",
    "CatalogueError",
    "Effective",
    "NoRuleError",
    "Ruled",
    "Waiver",
    "expired",
    "load",
    "profiles",
    "ruled",
    "tunnel_document",
    "unmatched",
]
