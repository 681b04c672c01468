# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one run: evidence and snapshots as they were read, reports as they were written.

::

    reports/20091120T081500Z-audit/
      report.json  report.html  report.md  junit.xml  metrics.prom
      evidence/hq/1/show_crypto_ipsec_sa.txt   what hq answered in the first reading, secrets masked
      evidence/hq/1.json                       when, by which command, and what became of it
      evidence/hq/before  after                what was read around a clear for the evidence alone
      evidence/manifest.json  SHA256SUMS       what each file of evidence is, and its sum; of a run that acts
      journal.jsonl  plan.json  timeline.json  what was about to be sent, why, and what both ends did; likewise
      source.json                              which saved outputs an audit was made of, when no device was asked
    reports/latest                             the newest run

Large outputs travel through this folder instead of Ansible's variables, which are copied and templated for every host.
Everything in it is readable by its owner alone: a configuration tells how a site is built even without its keys.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    Output,
    OutputStatus,
    Snapshot,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Source
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

_RUN = re.compile(r"\d{8}T\d{6}Z-[a-z]+(?:-\d+)?$")


class RunFolderError(Exception):
    """The folder cannot be made or read; the message names it."""


@dataclass(frozen=True)
class RunFolder:
    """One run's folder; ``path`` exists."""

    path: Path

    @classmethod
    def start(cls, reports: Path, kind: str, now: float) -> RunFolder:
        """Make a new folder under ``reports``; two runs in one second get two folders."""
        stem = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now)) + f"-{kind}"
        try:
            reports.mkdir(parents=True, exist_ok=True)
            for number in range(1, 1000):
                path = reports / (stem if number == 1 else f"{stem}-{number}")
                with contextlib.suppress(FileExistsError):
                    path.mkdir(mode=0o700)
                    return cls(path)
        except OSError as error:
            raise RunFolderError(
                f"the reports folder {reports} cannot be written: {error}. Set reports_dir to a folder of yours"
            ) from error
        raise RunFolderError(f"{reports} already has a thousand runs of this second")

    @property
    def id(self) -> str:
        return self.path.name

    # --- snapshots ---------------------------------------------------------------------------------------------

    def save_snapshot(self, snapshot: Snapshot, reading: int | str | None = None) -> None:
        """Write what a device answered, as the next reading unless a number is given.

        Under a word it is kept as evidence, and is no reading: nothing is judged by it.

        Secrets are masked here, where text enters.
        """
        folder = self._evidence(snapshot.device)
        reading = reading or len(_indexes(folder)) + 1
        texts = folder / str(reading)
        texts.mkdir(mode=0o700, parents=True, exist_ok=True)
        index: dict[str, Any] = {
            "device": snapshot.device,
            "started": _moment(snapshot.started),
            "finished": _moment(snapshot.finished),
            "error": snapshot.error,
            "outputs": [],
        }
        for output in snapshot.outputs:
            name = re.sub(r"[^A-Za-z0-9]+", "_", output.command).strip("_") + ".txt"
            _write(texts / name, mask(output.text))
            index["outputs"].append(
                {
                    "command": output.command,
                    "file": f"{reading}/{name}",
                    "started": _moment(output.started),
                    "finished": _moment(output.finished),
                    "status": output.status.value,
                    "detail": output.detail,
                }
            )
        _write(folder / f"{reading}.json", json.dumps(index, indent=2) + "\n")

    def snapshots(self, device: str) -> tuple[Snapshot, ...]:
        """Every reading of a device, oldest first; none when nothing was read in this run."""
        return readings(self._evidence(device))

    def save_source(self, source: Source) -> None:
        """Write that this run is made of saved outputs, and of which."""
        told = {"folder": source.folder, "files": {name: list(files) for name, files in source.files.items()}}
        _write(self.path / "source.json", json.dumps(told, indent=2) + "\n")

    def source(self) -> Source | None:
        """The saved outputs that this run is made of, or nothing when it asks devices."""
        path = self.path / "source.json"
        if not path.exists():
            return None
        with _named(path, "the list of what a run was made of"):
            told = json.loads(path.read_text(encoding="utf-8"))
            return Source(told["folder"], {name: tuple(files) for name, files in told["files"].items()})

    def save_keys(self, compared: Mapping[str, str]) -> None:
        """Keep what a comparison of keys said of each tunnel: one word, and nothing of a key."""
        _write(self.path / "keys.json", json.dumps(dict(compared), indent=2) + "\n")

    def keys(self) -> dict[str, str]:
        """What a comparison of keys said, by tunnel; empty when none was made."""
        path = self.path / "keys.json"
        if not path.exists():
            return {}
        with _named(path, "the outcome of a comparison of keys"):
            return dict(json.loads(path.read_text(encoding="utf-8")))

    def answered(self, device: str) -> bool:
        """Whether a device answered anything in any reading. The texts, which may be large, are left alone."""
        return any(_outputs(path) for path in _indexes(self._evidence(device)))

    def evidence(self, device: str) -> dict[str, str]:
        """The file of each command's newest answer, as a path within this folder."""
        folder = self._evidence(device)
        return {
            output["command"]: f"evidence/{device}/{output['file']}"
            for path in [*_indexes(folder), *_kept(folder)]
            for output in _outputs(path)
        }

    def adopt(self, other: RunFolder, device: str) -> None:
        """Have what another run read of a device here, too."""
        shutil.copytree(other._evidence(device), self._evidence(device), copy_function=os.link)

    def seal(self, versions: Mapping[str, str]) -> None:
        """Write what the evidence is: each file's SHA-256, device, command and times, for whoever it is sent to.

        ``evidence/SHA256SUMS`` says the same to ``sha256sum -c``, from within the run's folder.
        """
        files: list[dict[str, Any]] = []
        for folder in sorted(path for path in (self.path / "evidence").glob("*") if path.is_dir()):
            for index in [*_indexes(folder), *_kept(folder)]:
                for output in _outputs(index):
                    path = _inside(folder, output["file"])
                    files.append(
                        {
                            "file": f"evidence/{folder.name}/{output['file']}",
                            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                            "device": folder.name,
                            "command": output["command"],
                            "started": output["started"],
                            "finished": output["finished"],
                            "status": output["status"],
                        }
                    )
        if not files:
            return
        told = {"schema": 1, "run": self.id, "versions": dict(versions), "files": files}
        _write(self.path / "evidence" / "manifest.json", json.dumps(told, indent=2) + "\n")
        sums = "".join(f"{each['sha256']}  {each['file']}\n" for each in files)
        _write(self.path / "evidence" / "SHA256SUMS", sums)

    def _evidence(self, device: str) -> Path:
        return self.path / "evidence" / device

    # --- reports -----------------------------------------------------------------------------------------------

    def write(self, files: dict[str, str]) -> None:
        """Write a report's files, each whole or not at all."""
        for name, text in files.items():
            _write(self.path / name, text)

    def point_latest(self) -> None:
        """Make ``latest`` point here; a reader sees the old run or this one, never neither."""
        link = self.path.parent / "latest"
        temporary = self.path.parent / f".latest-{os.getpid()}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(self.path.name)
        temporary.replace(link)

    def prune(self, keep: int, spare: Path | None = None) -> list[str]:
        """Remove the oldest runs beyond ``keep`` (0 keeps all) and return their names. Other folders are left alone.

        ``spare`` is a run, or lies in one, that is still needed.

        A run with a journal has sent something to a device: it is evidence, may be under way, and is never removed.
        """
        runs = sorted(
            path
            for path in self.path.parent.iterdir()
            if _RUN.match(path.name) and path.is_dir() and not (path / "journal.jsonl").exists()
        )
        needed = {self.path.resolve(), *([spare.resolve(), *spare.resolve().parents] if spare else [])}
        doomed = [path for path in runs[: -keep or None] if path.resolve() not in needed] if keep > 0 else []
        for path in doomed:
            shutil.rmtree(path, ignore_errors=True)
        return [path.name for path in doomed]


def readings(folder: Path) -> tuple[Snapshot, ...]:
    """Every reading in a device's folder of evidence, oldest first."""
    return tuple(_load(path) for path in _indexes(folder))


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    temporary.replace(path)


def _moment(seconds: float) -> float | None:
    """A moment as JSON has it: one that nobody wrote down is null."""
    return seconds if math.isfinite(seconds) else None


def _bound(moment: float | None, unknown: float) -> float:
    return unknown if moment is None else moment


def _indexes(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("*.json") if path.stem.isdecimal()] if folder.is_dir() else []
    return sorted(found, key=lambda path: int(path.stem))


def _kept(folder: Path) -> list[Path]:
    """What was kept as evidence alone."""
    return sorted(path for path in folder.glob("[!.]*.json") if not path.stem.isdecimal()) if folder.is_dir() else []


@contextlib.contextmanager
def _named(path: Path, what: str = "a reading of a device") -> Iterator[None]:
    """What is wrong with a file of ours begins with its path."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFolderError(f"{path} cannot be read as {what}: {error}") from error


def _outputs(path: Path) -> list[Any]:
    with _named(path):
        return list(json.loads(path.read_text(encoding="utf-8"))["outputs"])


def _inside(folder: Path, name: str) -> Path:
    """A file of this folder: an index may come from somebody else, and must not name what is none of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} is not a file of this folder")
    return path


def _load(path: Path) -> Snapshot:
    with _named(path):
        index = json.loads(path.read_text(encoding="utf-8"))
        outputs = tuple(
            Output(
                command=each["command"],
                text=_inside(path.parent, each["file"]).read_bytes().decode("utf-8"),
                started=_bound(each["started"], EARLIEST),
                finished=_bound(each["finished"], LATEST),
                status=OutputStatus(each["status"]),
                detail=each["detail"],
            )
            for each in index["outputs"]
        )
        started, finished = _bound(index["started"], EARLIEST), _bound(index["finished"], LATEST)
        return Snapshot(index["device"], started, finished, outputs, index["error"])
