# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted secrets, an inventory whose passwords lie in a vault, and the search for them in what a run left."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.integration.playbooks import ROOT

VAULT_PASSWORD = "chaos-vault-Gr4nat"
# Answers --ask-become-pass in a file; the devices have enable passwords of their own, so nobody needs it.
BECOME_PASSWORD = "chaos-become-T0pas"
STATE_PASSWORD = "chaos-state-B4salt"
#: A state that nobody answers for, so that its address is in every message about it.
STATE = f"postgresql+psycopg://tunnelmend:{STATE_PASSWORD}@127.0.0.1:1/tunnelmend"
_OF_THE_LAB = ("lab-operator", "lab-enable", "lab-psk-hq-branch", "yG0wL1cJq5oT8uRn")
#: What no artefact may show: the lab's passwords and keys, the encrypted one of its configurations, and our own.
SECRETS = (*_OF_THE_LAB, VAULT_PASSWORD, BECOME_PASSWORD, STATE_PASSWORD)


def flags(folder: Path, vaulted: bool) -> list[str]:
    """What a run is given so that it knows the planted secrets; the files lie in ``folder``, which is not searched."""
    folder.mkdir(parents=True, exist_ok=True)
    become = _private(folder / "become", BECOME_PASSWORD)
    if not vaulted:
        return ["--become-password-file", str(become)]
    vault = _private(folder / "vault", VAULT_PASSWORD)
    inventory = folder / "inventory"
    (inventory / "group_vars").mkdir(parents=True, exist_ok=True)
    shipped = ROOT / "inventory" / "lab"
    # It is a program: its mode goes with it.
    shutil.copy(shipped / "hosts.py", inventory)
    text = (shipped / "group_vars" / "asa.yml").read_text(encoding="utf-8")
    for name, password in yaml.safe_load(text).items():
        if name in ("ansible_password", "ansible_become_password"):
            text = text.replace(f"{name}: {password}", f"{name}: {_vaulted(str(password))}")
    assert not [secret for secret in SECRETS if secret in text], "a password is still in the open"
    (inventory / "group_vars" / "asa.yml").write_text(text, encoding="utf-8")
    return ["-i", str(inventory), "--vault-password-file", str(vault), "--become-password-file", str(become)]


def _private(path: Path, text: str) -> Path:
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _vaulted(password: str) -> str:
    from ansible.parsing.vault import VaultLib, VaultSecret

    locked = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(password.encode())
    return "!vault |\n  " + locked.decode().strip().replace("\n", "\n  ")


def found(folder: Path, *screens: str) -> Iterator[str]:
    """Where a secret stands, as it is or in a common coding: in any file or file name of a folder, or on a screen."""
    texts = [("the screen", screen.encode()) for screen in screens]
    for path in sorted(folder.rglob("*")):
        texts.append((f"the name of {path}", str(path).encode()))
        if path.is_file():
            texts.append((str(path), path.read_bytes()))
    for where, text in texts:
        for secret in SECRETS:
            if any(form in text for form in _forms(secret)):
                yield f"{secret!r} stands in {where}"


def _forms(secret: str) -> Iterator[bytes]:
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    yield raw[::-1]
    # In base64 a text looks different by where it begins; the last, unfinished group is left away.
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw)
        yield coded[(0, 2, 3)[shift] : -4]
