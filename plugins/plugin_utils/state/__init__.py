# SPDX-License-Identifier: GPL-3.0-or-later
"""What outlives a run: who is at work on a pair of peers, what was tried on it, and how far that came.

::

    state = State.open("sqlite:////srv/tunnelmend/reports/state.sqlite")
    pair = pair_of(tunnel)
    try:
        lease = state.lease(pair, Owner.here(run.id, tunnel.name), time.time(), ttl=900)
    except BusyError as busy:
        ...  # str(busy) says who, since when and until when; nothing was sent
    try:
        history = state.history(pair, time.time())
        if history.interrupted:  # its .words say what it left behind; read both ends anew, then
            state.resolve(lease, history.interrupted.id, history.interrupted.phase.left, "Found ...", time.time())
        ...  # cool-down and limits are functions of the history
        attempt = state.begin(lease, "clear_ipsec_sa", [("hq", "clear crypto ipsec sa peer 203.0.113.1"), ...], now)
        state.advance(attempt, Phase.FIRST_SENT, time.time())  # on disk before the clear is sent
        ...
        lease = state.renew(lease, time.time(), ttl=900)  # while the proof takes its time
        state.finish(attempt, "healed", "hq-branch: new SPIs at both ends ...", time.time())
    finally:
        state.release(lease)

A file of SQLite serves one controller; PostgreSQL serves several. Each call is one transaction on a connection of its
own, committed when it returns, so that a state may be carried over a fork and over a restart of the server.
"""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._model import (
    Attempt,
    BusyError,
    History,
    Lease,
    LeaseLostError,
    LimitError,
    Owner,
    Phase,
    StateError,
    pair_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._state import State

__all__ = [
    "Attempt",
    "BusyError",
    "History",
    "Lease",
    "LeaseLostError",
    "LimitError",
    "Owner",
    "Phase",
    "State",
    "StateError",
    "pair_of",
]
