# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive of the collection, installed where nothing of the checkout is in reach, audits the lab."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from lab.testing import running_lab

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, cwd: Path, **variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_archive_installs_and_audits(tmp_path: Path) -> None:
    run("make", "dist", f"DIST={tmp_path}/dist", cwd=ROOT)
    (archive,) = (tmp_path / "dist").glob("tunnelmend-asa-*.tar.gz")
    away = tmp_path / "away"
    away.mkdir()
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(away / "collections")}
    run(
        "ansible-galaxy", "collection", "install", "--offline", str(archive), "-p", f"{away}/collections",
        cwd=away, **collections,
    )  # fmt: skip
    installed = away / "collections/ansible_collections/tunnelmend/asa"
    assert not [path for path in installed.rglob("*") if path.is_symlink()]
    with running_lab("incident-2009", dir=tmp_path / "lab") as lab:
        inventory = away / "hosts.yml"
        common = {
            "ansible_connection": "tunnelmend.asa.cli",
            "ansible_user": "operator",
            "ansible_password": "lab-operator",
            "ansible_become_password": "lab-enable",
            "ansible_asa_known_hosts": str(lab.known_hosts),
        }
        hosts = {
            name: {"ansible_host": device["host"], "ansible_port": device["port"]}
            for name, device in lab.devices.items()
        }
        inventory.write_text(json.dumps({"asa": {"hosts": hosts, "vars": common}}))
        run(
            "ansible-playbook", "-i", str(inventory), "tunnelmend.asa.audit",
            "-e", "collect_interval=1", "-e", "audit_fail_on=critical", "-e", "tunnelmend_hosts=asa",
            "-e", '{"audit_conclude": false}', cwd=away, **collections,
        )  # fmt: skip
    report = json.loads((away / "reports" / "latest" / "report.json").read_text())
    assert report["tunnels"][0]["verdict"] == "healthy"
    assert report["run"]["versions"]["tunnelmend"] == "0.1.0"
