# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of docs/schedule do what docs/schedule.md says: systemd accepts them, and their command lines audit a lab.

The files name /opt, /etc and /var/lib. Here the same files are used with these folders put under a temporary one, and
their commands run with the few environment variables that systemd and cron give, not with those of a developer.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]
SCHEDULE = ROOT / "docs" / "schedule"
EXAMPLE = ROOT / "inventory" / "example"

Program = Callable[[str, str], str]


@dataclass(frozen=True)
class Installed:
    """What docs/schedule.md tells to install, under a folder of its own."""

    top: Path
    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def under(cls, top: Path) -> Installed:
        places = {
            # The longer path first: it is replaced first.
            "/opt/tunnelmend/.venv/bin": str(Path(sys.executable).parent),
            "/opt/tunnelmend": str(ROOT),
            "/etc/tunnelmend": str(top / "etc"),
            "/var/lib/tunnelmend": str(top / "state"),
            "/var/lib/prometheus/node-exporter": str(top / "prometheus"),
        }
        for folder in ("etc/inventory/group_vars/asa", "state", "prometheus", "credentials"):
            (top / folder).mkdir(parents=True)
        return cls(top, places)

    def text(self, name: str) -> str:
        """A file of docs/schedule that names our folders."""
        text = (SCHEDULE / name).read_text(encoding="utf-8")
        for stated, here in self.places.items():
            text = text.replace(stated, here)
        return text

    def units(self) -> Path:
        """A folder with the units, the drop-in where systemd looks for it."""
        folder = self.top / "units"
        for path in sorted(SCHEDULE.iterdir()):
            if path.suffix in (".service", ".timer"):
                self._write(folder / path.name, self.text(path.name))
        self._write(folder / "tunnelmend-audit.service.d" / "metrics.conf", self.text("metrics.conf"))
        return folder

    def inventory(self, lab: RunningLab, **variables: object) -> None:
        """inventory/example with the lab's devices in it, and its secrets in an encrypted file."""
        folder = self.top / "etc" / "inventory"
        hosts = {
            name: {"ansible_host": "127.0.0.1", "ansible_port": device["port"]} for name, device in lab.devices.items()
        }
        # As `all` and not as `asa`, whose connection.yml stays what it is.
        ours = {"ansible_user": "operator", "ansible_asa_known_hosts": lab.known_hosts, "collect_interval": 1}
        for host in hosts.values():
            host.update(ours, **variables)
        self._write(folder / "hosts.yml", json.dumps({"asa": {"hosts": hosts}}))
        connection = (EXAMPLE / "group_vars" / "asa" / "connection.yml").read_text(encoding="utf-8")
        self._write(folder / "group_vars" / "asa" / "connection.yml", connection)
        self.vault_password("correct horse")
        vault = folder / "group_vars" / "asa" / "vault.yml"
        self._write(vault, "vault_asa_password: lab-operator\nvault_asa_enable_password: lab-enable\n")
        vault_password = ("--vault-password-file", str(self.top / "etc" / "vault-password"))
        run([str(Path(sys.executable).parent / "ansible-vault"), "encrypt", *vault_password, str(vault)], {})

    def vault_password(self, word: str) -> None:
        self._write(self.top / "etc" / "vault-password", word + "\n")

    def report(self) -> dict[str, object]:
        path = self.top / "state" / "reports" / "latest" / "report.json"
        found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def verdicts(self) -> set[str]:
        tunnels = self.report()["tunnels"]
        assert isinstance(tunnels, list)
        return {tunnel["verdict"] for tunnel in tunnels}

    def runs(self) -> list[str]:
        return sorted(path.name for path in (self.top / "state" / "reports").glob("2*"))

    def environment(self) -> dict[str, str]:
        """What systemd and cron give: no more."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.top / "state")}

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)


class Unit:
    """A unit file: the values of a key in a section, in order, continued lines joined."""

    def __init__(self, text: str) -> None:
        self.values: dict[tuple[str, str], list[str]] = {}
        section = ""
        for line in re.sub(r"\\\n\s*", " ", text).splitlines():
            if header := re.fullmatch(r"\[(\w+)\]", line):
                section = header[1]
            elif line and not line.startswith("#"):
                key, equals, value = line.partition("=")
                assert equals, line
                self.values.setdefault((section, key), []).append(value)

    def one(self, section: str, key: str) -> str:
        (value,) = self.values[section, key]
        return value

    def command(self, key: str, environment: Mapping[str, str]) -> list[str]:
        """The words of a command line, its variables expanded as systemd does."""
        words = shlex.split(self.one("Service", key))
        return [re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], word).replace("$$", "$") for word in words]


def run(command: list[str], environment: Mapping[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=dict(environment) or None, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def start_the_service(here: Installed) -> subprocess.CompletedProcess[str]:
    """What `systemctl start tunnelmend-audit` runs, and what it runs after it."""
    unit = Unit(here.text("tunnelmend-audit.service") + "\n" + here.text("metrics.conf"))
    name, source = unit.one("Service", "LoadCredential").split(":")
    (here.top / "credentials" / name).write_text(Path(source).read_text(encoding="utf-8"), encoding="utf-8")
    stated = dict(pair.split("=", 1) for pair in unit.values["Service", "Environment"])
    environment = {**here.environment(), **stated, "CREDENTIALS_DIRECTORY": str(here.top / "credentials")}
    folder = Path(unit.one("Service", "WorkingDirectory"))
    done = run(unit.command("ExecStart", environment), environment, folder)
    run(unit.command("ExecStopPost", environment), environment, folder)
    return done


@dataclass(frozen=True)
class Crontab:
    """The one job of a file for /etc/cron.d."""

    environment: dict[str, str]
    times: str
    user: str
    command: str

    @classmethod
    def read(cls, text: str) -> Crontab:
        assert text.endswith("\n"), "cron ignores a last line without its end"
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        *settings, job = lines
        *times, user, command = job.split(maxsplit=6)
        assert "%" not in command, "cron ends a command at a percent sign"
        return cls(dict(setting.split("=", 1) for setting in settings), " ".join(times), user, command)

    def argv(self) -> list[str]:
        return [self.environment["SHELL"], "-c", self.command]


@pytest.fixture
def here(tmp_path: Path) -> Installed:
    return Installed.under(tmp_path)


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[RunningLab]:
    """A site at which an audit finds nothing to fail for."""
    with running_lab("modern-9x", tmp_path / "lab") as lab:
        yield lab


@pytest.fixture
def incident(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab("incident-2009", tmp_path / "lab", fault="deletion-retry") as lab:
        yield lab


# --- what systemd says -------------------------------------------------------------------------------------------


def test_systemd_finds_nothing_wrong_with_the_units(program: Program, here: Installed) -> None:
    units = here.units()
    names = sorted(str(path) for path in units.glob("tunnelmend-*") if path.is_file())
    assert [Path(name).name for name in names] == [
        "tunnelmend-alert.service",
        "tunnelmend-audit.service",
        "tunnelmend-audit.timer",
    ]
    done = run([program("systemd-analyze", "systemd"), "verify", "--man=no", *names], here.environment())
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_would_say_when_a_unit_is_wrong(program: Program, here: Installed) -> None:
    """Without this an analyzer that reads nothing would pass the test above."""
    unit = here.units() / "tunnelmend-audit.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=", "ProtectSytem="), encoding="utf-8")
    done = run([program("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)], here.environment())
    assert "ProtectSytem" in done.stderr


def test_the_service_is_confined(program: Program, here: Installed) -> None:
    """The exposure that systemd computes, in tenths: 0 is a service that may do nothing, 96 is one that may do all."""
    analyze = [program("systemd-analyze", "systemd"), "security", "--offline=true", "--threshold=20"]
    done = run([*analyze, str(here.units() / "tunnelmend-audit.service")], here.environment())
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_timer_and_crontab_mean_every_quarter_of_an_hour(program: Program, here: Installed) -> None:
    timer = Unit(here.text("tunnelmend-audit.timer"))
    analyze = [program("systemd-analyze", "systemd"), "calendar", timer.one("Timer", "OnCalendar")]
    done = run(analyze, here.environment())
    assert "Normalized form: *-*-* *:00/15:00" in done.stdout, done.stdout + done.stderr
    assert Crontab.read(here.text("tunnelmend.cron")).times == "*/15 * * * *"


# --- what the service runs ---------------------------------------------------------------------------------------


def test_the_service_is_content_with_a_sound_site(here: Installed, sound: RunningLab) -> None:
    here.inventory(sound)
    done = start_the_service(here)
    assert done.returncode == 0, done.stdout + done.stderr
    assert here.verdicts() == {"healthy"}
    metrics = (here.top / "prometheus" / "tunnelmend.prom").read_text(encoding="utf-8")
    assert 'tunnelmend_tunnel_verdict{tunnel="east-west",verdict="healthy"} 1' in metrics
    assert (here.top / "prometheus" / "tunnelmend.prom").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (here.top / "prometheus").iterdir()] == ["tunnelmend.prom"]


def test_the_service_fails_with_2_for_a_broken_tunnel_and_the_metrics_say_so(
    here: Installed, incident: RunningLab
) -> None:
    here.inventory(incident)
    done = start_the_service(here)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "BROKEN     hq-branch" in done.stdout
    assert here.verdicts() == {"broken"}
    metrics = (here.top / "prometheus" / "tunnelmend.prom").read_text(encoding="utf-8")
    assert 'tunnelmend_tunnel_verdict{tunnel="hq-branch",verdict="broken"} 1' in metrics


def test_the_service_fails_with_2_for_a_device_that_cannot_be_read(here: Installed, sound: RunningLab) -> None:
    here.inventory(sound)
    sound.quirk("east", "refuse-login")
    done = start_the_service(here)
    assert done.returncode == 2, done.stdout + done.stderr
    assert here.verdicts() == {"unknown"}
    assert "NOT READ   east" in done.stdout


def test_an_audit_that_was_not_made_fails_and_leaves_no_report(here: Installed, sound: RunningLab) -> None:
    """The codes in the table of docs/schedule.md that Ansible gives, before anything was read."""
    here.inventory(sound)
    here.vault_password("wrong horse")
    assert start_the_service(here).returncode == 4
    here.inventory(sound, ansible_password="{{ no_such_variable }}")
    assert start_the_service(here).returncode == 2
    hosts = here.top / "etc" / "inventory" / "hosts.yml"
    hosts.write_text('{"all": {"hosts": {"east": {}}}}', encoding="utf-8")
    assert start_the_service(here).returncode == 4
    hosts.write_text("asa: [", encoding="utf-8")
    assert start_the_service(here).returncode == 1
    assert not (here.top / "state" / "reports" / "latest").exists()
    assert list((here.top / "prometheus").iterdir()) == []


# --- what cron runs ----------------------------------------------------------------------------------------------


def test_cron_mails_nothing_for_a_sound_site_and_the_table_when_an_end_cannot_be_read(
    program: Program, here: Installed, sound: RunningLab
) -> None:
    program("flock", "util-linux")
    here.inventory(sound)
    job = Crontab.read(here.text("tunnelmend.cron"))
    environment = {**here.environment(), **job.environment}
    done = run(job.argv(), environment, here.top)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert here.verdicts() == {"healthy"}
    assert (here.top / "state" / "audit.log").stat().st_mode & 0o777 == 0o600
    sound.quirk("east", "refuse-login")
    done = run(job.argv(), environment, here.top)
    assert done.stdout.startswith("exit code 2\n"), done.stdout + done.stderr
    assert "NOT READ   east" in done.stdout


def test_cron_starts_no_audit_while_the_last_one_runs(program: Program, here: Installed, sound: RunningLab) -> None:
    program("flock", "util-linux")
    here.inventory(sound, collect_interval=10)
    job = Crontab.read(here.text("tunnelmend.cron"))
    environment = {**here.environment(), **job.environment}
    with subprocess.Popen(job.argv(), env=environment, cwd=here.top, stdout=subprocess.PIPE, text=True) as first:
        deadline = time.monotonic() + 60
        while not here.runs():
            assert time.monotonic() < deadline, "the first audit did not begin"
            time.sleep(0.2)
        second = run(job.argv(), environment, here.top)
        assert first.poll() is None, "the first audit was over before the second was tried"
        assert second.stdout == "No audit was started: is the last one still running?\n"
        assert len(here.runs()) == 1
        said, _ = first.communicate(timeout=60)
    assert (first.returncode, said) == (0, "")
    assert here.verdicts() == {"healthy"}
