# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates in a change: typed as a device takes them, judged at today's date.

Command reference, `crypto ca certificate chain` and `certificate`: hexadecimal lines up to `quit`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.certificates import lines
from lab.testing import Typist, change
from lab.trial.diff import commands
from tests.lab.trying import Edit, only, texts, tried

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def signed(name: str, **how: Any) -> Edit:
    """From a pre-shared key to a certificate of the trustpoint TP."""

    def edit(text: str) -> str:
        text = text.replace(" authentication pre-share", " authentication rsa-sig")
        text = re.sub(r" ikev1 pre-shared-key \S+\n", " ikev1 trust-point TP\n", text)
        head, enable, rest = text.partition("crypto ikev1 enable")
        return head + lines("TP", name, **how) + enable + rest

    return edit


OLD = signed("branch.example.com", since=datetime(2025, 1, 1, tzinfo=UTC), days=500)
NEW = signed("branch.example.com", since=datetime(2026, 2, 1, tzinfo=UTC), days=500)
HQ = signed("hq.example.com")


def renewed(out: Path, branch: Edit) -> dict[str, Any]:
    return tried(out, {"before": texts("before", hq=HQ, branch=OLD), "today": NOW}, hq=HQ, branch=branch)


def test_a_renewed_certificate_is_typed_and_believed(tmp_path: Path) -> None:
    document = renewed(tmp_path, NEW)
    tunnel = only(document)
    assert {end: up["came_up"] for end, up in tunnel["after"]["up"].items()} == {"hq": True, "branch": True}
    typed = [each["line"] for each in document["changes"]]
    assert [re.sub(r"[0-9a-f]{6,8}", "SERIAL", line) for line in typed] == [
        "crypto ca certificate chain TP", "certificate SERIAL",
    ]  # fmt: skip
    assert document["not_reached"] == []
    assert tunnel["change"]["longest_outage"] == 0.0


@pytest.mark.parametrize(
    ("branch", "why"),
    [
        (signed("branch.example.com", authority="another-ca"), "validation failed. No suitable trustpoints"),
        (
            signed("branch.example.com", since=datetime(2025, 1, 1, tzinfo=UTC), days=424),
            "validation failed. Certificate has expired",
        ),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_believed_fails_with_the_reason(branch: Edit, why: str, tmp_path: Path) -> None:
    tunnel = only(renewed(tmp_path, branch))
    up = tunnel["after"]["up"]
    assert {end: each["came_up"] for end, each in up.items()} == {"hq": False, "branch": False}
    assert any(why in line for line in up["branch"]["log"]), up["branch"]["log"]


def test_a_certificate_that_ends_before_the_next_rekey_is_found(tmp_path: Path) -> None:
    """It is valid at noon, and no longer when both phases have been rekeyed."""
    tunnel = only(renewed(tmp_path, signed("branch.example.com", since=datetime(2025, 1, 1, tzinfo=UTC), days=425)))
    assert {end: up["came_up"] for end, up in tunnel["after"]["up"].items()} == {"hq": True, "branch": True}
    assert tunnel["after"]["rekeys"]["longest_loss"] > 300


def test_certificates_are_typed_whole_and_taken_away_by_their_number() -> None:
    authority = " certificate ca 01\n    30\n  quit\n"
    before = f"crypto ca certificate chain TP\n certificate 0a\n    3082\n    3083\n  quit\n{authority}"
    after = f"crypto ca certificate chain TP\n certificate 0b\n    3082\n    3084\n  quit\n{authority}"
    assert commands(before, after) == ["crypto ca certificate chain TP", "certificate 0b", "3082", "3084", "quit"]
    without = f"crypto ca certificate chain TP\n{authority}"
    assert commands(before, without) == ["crypto ca certificate chain TP", "no certificate 0a"]


def test_a_certificate_is_typed_at_a_device() -> None:
    chain = [line.strip() for line in lines("TP", "hq.example.com").splitlines()]
    place = chain.index("crypto ca certificate chain TP")
    lab = change("incident-2009")
    hq = Typist(lab, "hq").enable()
    for line in ("configure terminal", *chain):
        assert "ERROR" not in hq(line), line
    assert hq("exit") == ""
    shown = [line.strip() for line in hq("show running-config").splitlines()]
    begin = shown.index(chain[place])
    assert shown[begin : begin + len(chain) - place] == chain[place:]
    serial = chain[place + 1].split()[-1]
    for line in ("crypto ca certificate chain TP", f"no certificate {serial}", "exit"):
        assert "ERROR" not in hq(line), line
    shown = hq("show running-config").splitlines()
    assert shown[shown.index(chain[place]) + 1].startswith(" certificate ca ")
    assert "certificate " + serial not in "\n".join(shown)
    assert "ERROR: trustpoint NONE does not exist" in hq("crypto ca certificate chain NONE")


def test_what_is_no_certificate_is_refused() -> None:
    lab = change("incident-2009")
    hq = Typist(lab, "hq").enable()
    for line in ("configure terminal", "crypto ca trustpoint TP", "crypto ca certificate chain TP", "certificate 0a"):
        assert "ERROR" not in hq(line), line
    assert hq("30zz") == ""
    assert hq("quit") == "ERROR: the certificate could not be read"
    assert "certificate 0a" not in hq("show running-config")
