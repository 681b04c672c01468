# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates by trustpoint, as far as issuer, validity and identity go (command reference, `trust-point`,
`peer-id-validate`; message 717009, whose reasons are from practice).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from lab.certificates import lines
from tests.lab.phase1 import ADDRESSES, INITIATORS, OTHER, Edit, both, change, device, ikev2, lab, log, sas, up

REASON = "3-717009: Certificate validation failed. "


def signed(name: str, extra: str = "", **how: object) -> Edit:
    """From a pre-shared key to a certificate, for IKEv1."""

    def edit(text: str) -> str:
        text = text.replace(" authentication pre-share", " authentication rsa-sig")
        text = re.sub(r" (ikev1 )?pre-shared-key \S+\n", rf" \1trust-point TP\n{extra}", text)
        head, enable, rest = text.partition("crypto map outside_map interface outside\n")
        return head + lines("TP", name, **how) + enable + rest  # type: ignore[arg-type]

    return edit


def signed2(name: str, **how: object) -> Edit:
    def edit(text: str) -> str:
        text = ikev2()(text).replace("remote-authentication pre-shared-key k", "remote-authentication certificate")
        text = text.replace("local-authentication pre-shared-key k", "local-authentication certificate TP")
        head, enable, rest = text.partition("crypto map outside_map interface outside\n")
        return head + lines("TP", name, **how) + enable + rest  # type: ignore[arg-type]

    return edit


@pytest.mark.parametrize("how", [signed, signed2])
@pytest.mark.parametrize("first", INITIATORS)
def test_two_certificates_of_one_authority_agree(how: object, first: str) -> None:
    running = lab(first=first, hq=how("hq.example.com"), branch=how("branch.example.com"))  # type: ignore[operator]
    running.advance(3)
    assert up(running)
    assert {sa.authentication for name in INITIATORS for sa in sas(running, name)} == {("RSA", "RSA")}


def test_7_2_has_them_too() -> None:
    running = lab("7.2(5)", hq=signed("hq"), branch=signed("branch"))
    running.advance(3)
    assert up(running)


@pytest.mark.parametrize("how", [signed, signed2])
@pytest.mark.parametrize("first", INITIATORS)
def test_an_authority_that_is_not_known_is_not_believed(how: object, first: str) -> None:
    running = lab(first=first, hq=how("hq"), branch=how("branch", authority="other-ca"))  # type: ignore[operator]
    running.advance(3)
    assert not any(sa.active for sa in sas(running, first))
    assert any(
        line.startswith(f"{REASON}No suitable trustpoints found to validate certificate serial number: ")
        for line in log(running, "hq") + log(running, "branch")
    )


@pytest.mark.parametrize("how", [signed, signed2])
def test_validity_is_judged_by_the_clock_of_whoever_looks(how: object) -> None:
    """The certificate is fine; the clock of hq is a year ahead of it, or is right."""
    since, days = datetime(2023, 11, 1, tzinfo=UTC), 60
    right = lab(flows=True, hq=how("hq"), branch=how("branch", since=since, days=days))  # type: ignore[operator]
    right.advance(3)
    assert up(right)
    wrong = lab(first="branch", hq=how("hq"), branch=how("branch", since=since, days=days))  # type: ignore[operator]
    wrong.fault("clock-wrong=365d", "hq")
    wrong.advance(3)
    assert not any(sa.active for name in INITIATORS for sa in sas(wrong, name))
    assert any(line.startswith(f"{REASON}Certificate has expired. Serial number: ") for line in log(wrong, "hq"))


def test_a_certificate_that_is_not_valid_yet() -> None:
    running = lab(first="branch", hq=signed("hq"), branch=signed("branch", since=datetime(2030, 1, 1, tzinfo=UTC)))
    running.advance(3)
    assert any(line.startswith(f"{REASON}Certificate is not valid yet. ") for line in log(running, "hq"))


@pytest.mark.parametrize(
    ("validate", "names", "comes_up"),
    [("req", (), False), ("req", ("203.0.113.1",), True), ("cert", (), True), ("nocheck", ("192.0.2.1",), True)],
)
def test_peer_id_validate(validate: str, names: tuple[str, ...], comes_up: bool) -> None:
    """The peer calls itself by its address: `req` wants that in its certificate, `cert` where there are names."""
    address = change(("telnet timeout", "crypto isakmp identity address\ntelnet timeout"))
    running = lab(
        first="branch", hq=signed("hq", extra=f" peer-id-validate {validate}\n"),
        branch=both(signed("branch", names=names), address),
    )  # fmt: skip
    running.advance(3)
    assert up(running) is comes_up


def test_without_a_certificate_of_its_own_an_end_cannot_begin() -> None:
    bare = change(("crypto ca certificate chain TP", "crypto ca certificate chain OTHER"))
    running = lab(hq=both(signed("hq"), bare), branch=signed("branch"))
    running.advance(3)
    assert not any(sa.active for sa in sas(running, OTHER["hq"]))
    assert device(running, "hq").policy.trustpoints["TP"].identity is None


def test_lines_are_the_same_each_time() -> None:
    assert lines("TP", "hq", names=[ADDRESSES["hq"], "hq.example.com"]) == lines(
        "TP", "hq", names=[ADDRESSES["hq"], "hq.example.com"]
    )
    with pytest.raises(ValueError, match="valid for at least a day"):
        lines("TP", "hq", days=0)
