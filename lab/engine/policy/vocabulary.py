# SPDX-License-Identifier: GPL-3.0-or-later
"""Which algorithms a release has words for. A line with any other word is refused, at the prompt and at boot.

Sources: Cisco ASA Command Reference and release notes: 8.4 (IKEv2), 9.0(1) (AES-GCM, SHA-2, groups 14 to 24), 9.13(1)
(groups 15 and 16), 9.15(1) (DES, 3DES, MD5, GMAC, groups 1, 2 and 24 are gone, and 5 for IKEv2), 9.16(1) (group 31).
From practice: what 9.15 left of group 5, which IKEv1 keeps; that group 14 came for IKEv1 and for PFS with 9.0 as it did
for IKEv2. For IKEv1 the user guide of Cisco Security Manager 4.4, of that time, names groups 2 and 5 alone, and 9.13(1)
made 14 the default; which release between the two took it first, nothing that was found says.
"""

from __future__ import annotations

from collections.abc import Iterable

from lab.engine.policy.release import Release

_START, _END = (7, 0), (99, 0)
_OLD = _START, (9, 15)  # until 9.15
_NEW = (9, 0), _END
_AES = {"aes": (_START, _END), "aes-192": (_START, _END), "aes-256": (_START, _END)}
_GCM = {"aes-gcm": _NEW, "aes-gcm-192": _NEW, "aes-gcm-256": _NEW}
_GMAC = {f"aes-gmac{size}": ((9, 0), (9, 15)) for size in ("", "-192", "-256")}
_SHA2 = dict.fromkeys(("sha256", "sha384", "sha512"), ((8, 4), _END))
_ELLIPTIC = {"19": _NEW, "20": _NEW, "21": _NEW, "24": ((9, 0), (9, 15)), "15": ((9, 13), _END), "16": ((9, 13), _END)}

_WORDS: dict[str, dict[str, tuple[Release, Release]]] = {
    "ikev1 authentication": {"pre-share": (_START, _END), "rsa-sig": (_START, _END), "crack": (_START, (9, 15))},
    "ikev1 encryption": {"des": _OLD, "3des": _OLD, **_AES},
    "ikev1 hash": {"md5": _OLD, "sha": (_START, _END)},
    "ikev1 group": {"1": _OLD, "2": _OLD, "5": (_START, _END), "7": (_START, (8, 4)), "14": _NEW},
    "ikev2 encryption": {"des": _OLD, "3des": _OLD, "null": _OLD, **_AES, **_GCM},
    "ikev2 integrity": {"md5": _OLD, "sha": (_START, _END), "null": _NEW, **_SHA2},
    "ikev2 prf": {"md5": _OLD, "sha": (_START, _END), **_SHA2},
    "ikev2 group": {"1": _OLD, "2": _OLD, "5": _OLD, "14": _NEW, **_ELLIPTIC, "31": ((9, 16), _END)},
    "pfs": {
        "1": _OLD, "2": _OLD, "5": (_START, _END), "7": (_START, (8, 4)), "14": _NEW, **_ELLIPTIC,
        "31": ((9, 16), _END),
    },
    "esp": {
        "esp-des": _OLD, "esp-3des": _OLD, "esp-null": _OLD, "esp-md5-hmac": _OLD, "esp-none": (_START, _END),
        "esp-sha-hmac": (_START, _END), **{f"esp-{word}": span for word, span in _AES.items()},
    },
    "ikev2 esp encryption": {"des": _OLD, "3des": _OLD, "null": (_START, _END), **_AES, **_GCM, **_GMAC},
    "ikev2 esp integrity": {
        "md5": _OLD, "sha-1": (_START, _END), "null": _NEW,
        **dict.fromkeys(("sha-256", "sha-384", "sha-512"), ((8, 4), _END)),
    },
}  # fmt: skip


def words_of(what: str, release: Release) -> tuple[str, ...]:
    """Every word that a release has for one thing, such as `ikev1 group`."""
    return tuple(word for word, (since, until) in _WORDS[what].items() if since <= release < until)


def known(what: str, words: Iterable[str], release: Release) -> bool:
    """Does the release take a line with these words?"""
    return first_unknown(what, words, release) is None


def first_unknown(what: str, words: Iterable[str], release: Release) -> int | None:
    """The number, from 0, of the first word that the release does not have."""
    table = _WORDS[what]
    refused = (at for at, word in enumerate(words) if not (word in table and _within(table[word], release)))
    return next(refused, None)


def _within(span: tuple[Release, Release], release: Release) -> bool:
    return span[0] <= release < span[1]


def releases_of(what: str, word: str) -> tuple[Release, Release] | None:
    """The first release that has a word and the first that has it no more; None for a word of no release."""
    return _WORDS.get(what, {}).get(word)
