# SPDX-License-Identifier: GPL-3.0-or-later
"""What libssh's binding makes of a login that no server of ours can offer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import ssh

OPTIONS = ssh.SshOptions(
    device="hq", host="192.0.2.1", port=22, user="operator", password="secret", private_key_file=None,
    private_key_passphrase=None, look_for_keys=False, password_prompt=None, host_key_checking=False,
    host_key_auto_add=False, known_hosts=Path("/dev/null"), key_exchange_algorithms=None, hostkeys=None,
    publickey_algorithms=None, ciphers=None, macs=None, config_file=None, proxy_command=None, timeout=30,
)  # fmt: skip


def test_a_login_in_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial success passes for a whole one, and the channel behind it is a MemoryError."""

    class Session:
        closed = False

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: None

        def new_channel(self) -> None:
            raise MemoryError

        def close(self) -> None:
            Session.closed = True

    monkeypatch.setattr(ssh.pylibssh, "Session", Session)
    monkeypatch.setattr(ssh, "_configure", lambda *_: None)
    with pytest.raises(ssh.SshError) as error:
        ssh.Ssh.connect(OPTIONS)
    assert str(error.value) == (
        "hq (192.0.2.1): the login of user 'operator' needs more than one step (a key and a password, a code), which "
        "libssh's binding does not take. Use a user who logs in with a key or a password alone"
    )
    assert Session.closed


@pytest.mark.parametrize(("timeout", "seconds"), [(0.2, 1), (1.9, 1), (30, 30)])
def test_libssh_takes_whole_seconds(timeout: float, seconds: int) -> None:
    assert replace(OPTIONS, timeout=timeout).seconds == seconds
