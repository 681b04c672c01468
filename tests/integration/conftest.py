# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs over real SSH, and the connection plugin as Ansible loads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]
# Ansible reads its settings when it is imported, and ignores a file in a folder that everybody may write to.
os.environ["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")

Connect = Callable[..., Any]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key that the lab lets in; its public half lies beside it."""
    path = tmp_path_factory.mktemp("key") / "operator"
    pair = asyncssh.generate_private_key("ssh-ed25519")
    path.write_bytes(pair.export_private_key())
    path.with_suffix(".pub").write_bytes(pair.export_public_key())
    path.with_suffix(".locked").write_bytes(pair.export_private_key("pkcs8-pem", passphrase="opensesame"))
    return path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("lab"), authorized_key=key.with_suffix(".pub")) as running:
        yield running


@pytest.fixture(scope="module")
def legacy_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("legacy"), ssh="legacy") as running:
        yield running


@pytest.fixture(scope="session")
def plugins() -> None:
    from ansible.plugins.loader import init_plugin_loader
    from ansible.utils.collection_loader import AnsibleCollectionConfig

    # Another folder that borrows this fixture has a session of its own.
    if AnsibleCollectionConfig.collection_finder is not None:
        return
    # Ansible finds no plugins in packages that Python's own importer made for a test that ran before.
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "ansible_collections" and getattr(module, "__file__", None) is None:
            del sys.modules[name]
    init_plugin_loader([str(ROOT / ".collections")])


@pytest.fixture
def connect(plugins: None) -> Iterator[Connect]:
    """Makes connections to a device of a lab by the variables of an inventory; none is opened before its first use."""
    from ansible.playbook.play_context import PlayContext
    from ansible.plugins.loader import become_loader, connection_loader

    opened: list[Any] = []

    def make(
        lab: RunningLab,
        become: str = "",
        become_pass: str | None = None,
        asked: dict[str, str] | None = None,
        **variables: Any,
    ) -> Any:
        device = lab.devices["hq"]
        given = {
            "inventory_hostname": "hq",
            "ansible_host": device["host"],
            "ansible_port": device["port"],
            "ansible_user": "operator",
            "ansible_password": "lab-operator",
            "ansible_become_password": "lab-enable",
            "ansible_asa_known_hosts": lab.known_hosts,
            "ansible_command_timeout": 5,
            "ansible_connect_timeout": 5,
            **variables,
        }
        given = {name: value for name, value in given.items() if value is not None}
        connection = connection_loader.get("tunnelmend.asa.cli", PlayContext(passwords=asked), None)
        connection.set_options(var_options=given)
        if become:
            plugin = become_loader.get(become)
            plugin.set_options(var_options=given, direct={"become_pass": become_pass} if become_pass else None)
            connection.set_become_plugin(plugin)
        opened.append(connection)
        return connection

    yield make
    for connection in opened:
        connection.close()
