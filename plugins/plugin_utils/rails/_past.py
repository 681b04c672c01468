# SPDX-License-Identifier: GPL-3.0-or-later
"""What the past of a tunnel gives to tell without being a reason to refuse."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Past
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings


def open_attempt(past: Past) -> str:
    """A note on an attempt that was cut off, or nothing.

    It is no rail: this run has read both ends again, so that it judges what is there now, whatever was sent then.
    """
    if not past.open:
        return ""
    return (
        f"An attempt before this one was cut off ({past.open.rstrip('.')}), and nobody saw how it ended. Both ends "
        "were read again since: this run goes by what they show now."
    )


def shadow_words(past: Past, settings: Settings) -> str:
    """The complaint of a shadow mode that has watched a broken tunnel too often, or nothing.

    A tunnel may be down for days while a healer in shadow writes each time that it would have mended it.
    """
    if not settings.shadow or past.shadowed < settings.shadow_alert:
        return ""
    return (
        f"Shadow mode would have cleared this tunnel {counted(past.shadowed, 'time')} and sent nothing: it stays "
        "broken until somebody acts. Run it with -e remediate_shadow=false, or take the shadow mode away for good."
    )
