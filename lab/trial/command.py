# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab trial`: what it takes, and what it says on the screen."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from lab.trial import run, texts

FEW = 5
DESCRIPTION = """\
Boot the configurations of both ends in memory, before a change and after it; let them negotiate, carry traffic, rekey
twice, reboot, and lose their state; type the lines between, and time the longest outage of each tunnel. Nothing is
started and no device is asked. What was seen goes to OUT/trial.json, what every device would answer to OUT/before and
OUT/after, which an audit reads (-e collect_from=OUT/after). Keys that are masked get a stand-in at both ends."""

EPILOG = """\
examples:
  python -m lab trial --before before --candidate candidate --out trial
  python -m lab trial --repo ~/configs --from origin/main --to HEAD --path firewalls --out trial

exit: 0 tried, 1 not tried because of what OUT/trial.json calls problems, 2 wrong options. See docs/gate.md."""


def add(commands: Any) -> None:
    """Add the command to those of `python -m lab`."""
    parser = commands.add_parser(
        "trial", help="try a change of configurations in memory: does every tunnel survive it?",
        description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_to(parser)


def add_to(parser: argparse.ArgumentParser) -> None:
    folders = parser.add_argument_group("two folders with a DEVICE.cfg for each device")
    folders.add_argument("--before", type=Path, metavar="DIR", help="the configurations as they are")
    folders.add_argument("--candidate", type=Path, metavar="DIR", help="the configurations as they would be")
    git = parser.add_argument_group("or two revisions of a repository, read without a checkout")
    git.add_argument("--repo", type=Path, metavar="DIR")
    git.add_argument("--from", dest="from_", metavar="REV", help="before, such as origin/main")
    git.add_argument("--to", default="HEAD", metavar="REV", help="as it would be (HEAD)")
    git.add_argument("--path", default="", metavar="FOLDER", help="the folder of the configurations in it")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files go")
    parser.add_argument(
        "--expectations", type=Path, metavar="DIR", help="NAME.yml for each end that is somebody else's"
    )
    parser.add_argument("--changes", type=Path, metavar="DIR", help="DEVICE.txt with the lines as they would be typed")
    parser.add_argument("--order", default="", metavar="NAMES", help="the devices as they are changed: hq,branch")
    parser.add_argument(
        "--release", action="append", default=[], metavar="DEVICE=RELEASE", help="where no file says it"
    )
    parser.add_argument("--ignore", action="append", default=[], metavar="LINE", help="pass over lines that begin so")
    parser.add_argument("--removed", default="", metavar="NAMES", help="devices that the candidate removes on purpose")
    parser.add_argument("--all", action="store_true", help="try parts of the network, too, in which nothing changed")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (one for each processor)")


def main(args: argparse.Namespace) -> int:
    begun = time.monotonic()
    try:
        _check(args)
        document = run.trial(_wish(args), args.out, lambda text: print(text, flush=True))
    except (texts.SourceError, ValueError) as error:
        document = run.untried(str(error), args.out)
    for problem in document["problems"]:
        print(problem["text"])
    for note in document["notes"]:
        print(f"note: {note}")
    if document["problems"]:
        print(f"not tried; {args.out / 'trial.json'} says why")
        return 1
    count = len(document["tunnels"])
    noun = "tunnel" if count == 1 else "tunnels"
    print(f"{count} {noun} tried in {time.monotonic() - begun:.0f} s: {args.out / 'trial.json'}")
    return 0


def _check(args: argparse.Namespace) -> None:
    """:raises ValueError: an option is missing or wrong."""
    if args.repo and not args.from_:
        raise ValueError("the revision before the change is missing (from): such as origin/main")
    if not args.repo and not (args.before and args.candidate):
        raise ValueError(
            "give the folders before and candidate, or a repository and the revision before the change (from)"
        )
    if wrong := [each for each in args.release if "=" not in each]:
        raise ValueError(f"the release {wrong[0]}: write DEVICE=RELEASE, such as hq=9.16(4)")


def _wish(args: argparse.Namespace) -> run.Wish:
    notes: list[str] = []
    if args.repo:
        fresh = texts.uncommitted(args.repo, args.path) if args.to == "HEAD" else []
        if fresh:
            notes = [f"not committed, and so not tried: {', '.join(fresh[:FEW])}" + (", ..." if fresh[FEW:] else "")]
        before, candidate = (texts.from_repository(args.repo, each, args.path) for each in (args.from_, args.to))
    else:
        before, candidate = texts.from_folder(args.before), texts.from_folder(args.candidate)
    releases = dict(each.partition("=")[::2] for each in args.release)
    return run.Wish(
        before, candidate, args.expectations, args.changes, _names(args.order), releases, tuple(args.ignore),
        _names(args.removed), args.all, args.jobs, notes,
    )  # fmt: skip


def _names(text: str) -> list[str]:
    return [each for each in text.replace(",", " ").split() if each]
