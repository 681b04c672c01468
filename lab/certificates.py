# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for devices of the lab, as lines of a configuration.

An authority is nothing but its name: its key is made from it, so that every device that names it has the same one, and
the same call gives the same lines. They are for the lab alone, whose devices look at issuer, names and validity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

START = datetime(2000, 1, 1, tzinfo=UTC)


def lines(
    trustpoint: str, subject: str, *, authority: str = "lab-ca", since: datetime = START, days: int = 36500,
    names: Sequence[str] = (),
) -> str:  # fmt: skip
    """A trustpoint with its chain: `subject` is a common name, `names` are host names or addresses.

    The authority's own certificate is valid for a hundred years from 2000. ValueError for days below 1.
    """
    if days < 1:
        raise ValueError(f"a certificate is valid for at least a day, not for {days}")
    root = _certificate(authority, authority, START, 36500, ())
    own = _certificate(subject, authority, since, days, names)
    return "\n".join(
        [
            f"crypto ca trustpoint {trustpoint}", " enrollment terminal", f" subject-name CN={subject}",
            " crl configure", f"crypto ca certificate chain {trustpoint}", *_block("certificate", own),
            *_block("certificate ca", root), "",
        ]
    )  # fmt: skip


def _block(heading: str, certificate: x509.Certificate) -> list[str]:
    digits = certificate.public_bytes(Encoding.DER).hex()
    groups = [digits[i : i + 8] for i in range(0, len(digits), 8)]
    rows = ["    " + " ".join(groups[i : i + 8]) for i in range(0, len(groups), 8)]
    return [f" {heading} {certificate.serial_number:08x}", *rows, "  quit"]


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"lab/{name}".encode()).digest())


def _certificate(subject: str, issuer: str, since: datetime, days: int, names: Sequence[str]) -> x509.Certificate:
    text = f"{subject}/{issuer}/{since.isoformat()}/{days}/{','.join(names)}"
    serial = 1 + int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) // 2
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(_key(subject).public_key())
        .serial_number(serial)
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), False)
    return builder.sign(_key(issuer), None)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(IPv4Address(name))
    except ValueError:
        return x509.DNSName(name)
