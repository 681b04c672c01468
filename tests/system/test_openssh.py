# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenSSH's own client logs in to the lab and reads it: the lab is an SSH server to others too, not to us alone."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import asyncssh

from lab.testing import running_lab


def test_ssh_logs_in_enables_and_reads_an_output_to_its_end(program: Callable[[str, str], str], tmp_path: Path) -> None:
    ssh = program("ssh", "openssh-client")
    key = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "key").write_bytes(key.export_private_key())
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "key.pub").write_bytes(key.export_public_key())
    with running_lab(dir=tmp_path / "lab", authorized_key=tmp_path / "key.pub") as lab:
        done = subprocess.run(
            [
                *(ssh, "-tt", "-i", str(tmp_path / "key"), "-p", str(lab.devices["hq"]["port"])),
                *("-o", f"UserKnownHostsFile={lab.known_hosts}", "-o", "StrictHostKeyChecking=yes"),
                "operator@127.0.0.1",
            ],
            input="enable\nlab-enable\nterminal pager 0\nshow crypto ipsec sa\nexit\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        (outbound,) = lab.status()["devices"]["hq"]["ipsec"][0]["spi_out"]
    assert "hq# " in done.stdout, done.stderr
    assert f"current outbound spi: {int(outbound, 16):08X}" in done.stdout
    assert "<--- More --->" not in done.stdout
