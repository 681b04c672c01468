# SPDX-License-Identifier: GPL-3.0-or-later
"""With what an end proves who it is, and what it accepts as proof. Keys themselves are never read."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP

KEY = "key"
CERTIFICATE = "certificate"


def proofs(end: End, version: int) -> frozenset[str]:
    """``key``, ``certificate``, both or neither, for IKEv1; for IKEv2 what this end sends."""
    if version == 2:
        return local_proofs(end)
    return _found(end, "ikev1", certificate=any(group.trustpoint for group in _groups(end)) or _on_map(end))


def local_proofs(end: End) -> frozenset[str]:
    """What an IKEv2 end sends."""
    certificate = _typed(end, "ikev2 local-authentication certificate")
    return _found(end, "ikev2 local", certificate=certificate)


def remote_proofs(end: End) -> frozenset[str]:
    """What an IKEv2 end expects of its peer."""
    return _found(end, "ikev2 remote", certificate=_typed(end, "ikev2 remote-authentication certificate"))


def _found(end: End, kind: str, *, certificate: bool) -> frozenset[str]:
    # A group that has a key and does not say which was not read from a device's lines: it stands for all of them.
    key = any(group.has_key and (not group.keys or kind in group.keys) for group in _groups(end))
    return frozenset(name for name, there in ((KEY, key), (CERTIFICATE, certificate)) if there)


def _groups(end: End) -> list[TunnelGroup]:
    """The tunnel-group and the one that it inherits from."""
    if end.tunnel_group is None:
        return []
    config = end.device.config
    default = config.tunnel_groups.get(DEFAULT_L2L_GROUP) if config is not None else None
    return [end.tunnel_group, *([default] if default is not None else [])]


def _typed(end: End, words: str) -> bool:
    return any(line.strip().startswith(words) for group in _groups(end) for line in group.lines)


def _on_map(end: End) -> bool:
    return end.map_entry is not None and end.map_entry.trustpoint is not None
