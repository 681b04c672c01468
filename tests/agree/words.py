# SPDX-License-Identifier: GPL-3.0-or-later
"""Which algorithms each release takes, and which releases there are.

Sources: Cisco ASA command references (``crypto ikev1 policy``, ``crypto ikev2 policy``, ``crypto map set pfs``), notes
of releases 9.0(1) (SHA-2, GCM and groups 14 to 24 for IKEv2), 9.13(1) (groups 15 and 16; 14 for IKEv1) and 9.15(1)
(removals).
"""

from __future__ import annotations

from tests.agree.spec import Release

OLD = ("7.2(5)", "8.0(4)", "8.2(5)", "8.3(2)")
NEW = ("8.4(7)", "9.1(7)", "9.8(4)", "9.12(4)", "9.14(4)", "9.16(4)", "9.18(4)", "9.20(2)")
RELEASES = (*OLD, *NEW)
#: Those since 9.15.
WITHOUT_OLD = ("9.16(4)", "9.18(4)", "9.20(2)")
VTI = tuple(each for each in NEW if each not in ("8.4(7)", "9.1(7)"))


def ciphers(release: Release) -> tuple[str, ...]:
    """Of an IKEv1 policy; those of IKEv2 and of ipsec-proposals begin so, too."""
    strong = ("aes", "aes-192", "aes-256")
    return strong if release >= (9, 15) else ("des", "3des", *strong)


def hashes(release: Release) -> tuple[str, ...]:
    return ("sha",) if release >= (9, 15) else ("md5", "sha")


def groups(release: Release) -> tuple[str, ...]:
    if release >= (9, 15):
        return ("5", "14")
    return ("1", "2", "5", "14") if release >= (9, 13) else ("1", "2", "5")


def ciphers2(release: Release) -> tuple[str, ...]:
    return (*ciphers(release), *(("aes-gcm-256",) if release >= (9, 0) else ()))


def integrities(release: Release) -> tuple[str, ...]:
    """Of an IKEv2 policy."""
    more = ("sha256", "sha384", "sha512") if release >= (8, 4) else ()
    return (*hashes(release), *more)


def groups2(release: Release) -> tuple[str, ...]:
    if release >= (9, 15):
        return ("14", "15", "16", "19", "20", "21")
    if release >= (9, 13):
        return ("2", "5", "14", "15", "16", "19", "20", "21")
    return ("1", "2", "5", "14", "19", "20", "21") if release >= (9, 0) else ("1", "2", "5")


def pfs(release: Release, versions: tuple[int, ...]) -> tuple[str, ...]:
    """What ``set pfs`` takes; an empty word leaves the group to the release."""
    found = groups2(release) if release >= (9, 0) else groups(release)
    if release >= (9, 15) and versions == (1,):
        found = ("5", *found)
    return ("", *(f"group{each}" for each in found))


def transforms(release: Release) -> tuple[tuple[str, str], ...]:
    encryption = [f"esp-{each}" for each in ciphers(release)]
    integrity = [f"esp-{each}-hmac" for each in hashes(release)]
    return tuple((one, other) for one in encryption for other in integrity)


def proposals(release: Release) -> tuple[tuple[str, str], ...]:
    integrity = ["sha-1", *(["sha-256", "sha-512"] if release >= (9, 0) else [])]
    integrity += [] if release >= (9, 15) else ["md5"]
    found = [(one, other) for one in ciphers(release) for other in integrity]
    return (*found, *([("aes-gcm-256", "null"), ("aes-gcm", "null")] if release >= (9, 0) else []))
