# SPDX-License-Identifier: GPL-3.0-or-later
"""Trustpoints and their certificates, as far as issuer, names and validity go.

Certificates stand in a configuration as they do on an ASA: under `crypto ca certificate chain`, in hexadecimal, the
authority's after `certificate ca`. Anything that is no certificate counts as not there. `lab.certificates` makes some.
"""

from __future__ import annotations

from functools import lru_cache

from lab.config import Config
from lab.engine.policy.model import Certificate, Trustpoint


def read_trustpoints(config: Config) -> dict[str, Trustpoint]:
    found: dict[str, Trustpoint] = {}
    for block in config.starting("crypto", "ca", "trustpoint"):
        if len(block.words) > 3:
            found[block.words[3]] = Trustpoint(block.words[3])
    for block in config.starting("crypto", "ca", "certificate", "chain"):
        if len(block.words) > 4 and block.words[4] in found:
            found[block.words[4]] = _chain(block.words[4], block.children)
    return found


def _chain(name: str, lines: list[str]) -> Trustpoint:
    texts: dict[str, list[str]] = {}
    kind = ""
    for words in (line.split() for line in lines):
        match words:
            case ["certificate", "ca", *_]:
                kind = "ca"
            case ["certificate", *_]:
                kind = "own"
            case ["quit"]:
                kind = ""
            case [*digits] if kind:
                texts.setdefault(kind, []).extend(digits)
    return Trustpoint(
        name, read_certificate("".join(texts.get("ca", []))), read_certificate("".join(texts.get("own", [])))
    )


@lru_cache(maxsize=4096)
def read_certificate(digits: str) -> Certificate | None:
    """Of hexadecimal digits without blanks; None for what is no certificate.

    The library is only loaded where there are certificates at all.
    """
    if not digits:
        return None
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        found = x509.load_der_x509_certificate(bytes.fromhex(digits))
        units = found.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        names: tuple[str, ...] = ()
        for extension in found.extensions:
            if isinstance(extension.value, x509.SubjectAlternativeName):
                names = tuple(str(name.value) for name in extension.value)
        return Certificate(
            found.subject.rfc4514_string(), found.issuer.rfc4514_string(), f"{found.serial_number:x}",
            found.not_valid_before_utc, found.not_valid_after_utc, str(units[0].value) if units else "", names,
        )  # fmt: skip
    except ValueError:
        return None
