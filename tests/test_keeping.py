# SPDX-License-Identifier: GPL-3.0-or-later
"""A remediation that is stopped while evidence is kept ends in its own words, whatever becomes of its notes."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import around
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    LostError,
    Note,
    Sessions,
    StoppedError,
)
from tests.mending.scene import scene


@pytest.mark.parametrize("full", [False, True], ids=["kept", "full disk"])
def test_who_stops_it_while_evidence_is_kept_is_told_so(full: bool) -> None:
    way = scene("deletion-retry")
    sequence = around(way.mender().run(), Sessions(lambda: 0.0), ["hq", "branch"], lambda _: None, lambda _: True)
    assert next(sequence) == Arm("hq")
    note = sequence.throw(StoppedError())
    assert note == Note("aborted", text="interrupted: The run was interrupted. Run it again when you are ready.")
    with pytest.raises(StopIteration) as end:
        sequence.throw(LostError("no space left")) if full else next(sequence)
    result, after = end.value.value
    assert (result.outcome, result.text) == (
        "aborted_gate:interrupted",
        "Nothing was cleared. The run was interrupted. Run it again when you are ready.",
    )
    assert after == ()
