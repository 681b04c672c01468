# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets masked where text enters, in every spelling an ASA prints or a person types.

The device masks most of them itself, release by release fewer or more; ``more system:running-config`` and a terminal
log mask none. Lines keep their number and their shape, so that evidence can be compared.
"""

from __future__ import annotations

import re

MASK = "*****"

# Each keeps what stands before the secret (group 1) and what follows it. They look only within a line, and every
# repeated class ends at a blank, so that the search is linear.
_KEYED = r"""
    pre-shared-key[ ]+(?:hex[ ]+|\d[ ]+)?
  | (?:crypto[ ]isakmp|isakmp|crypto[ ]ikev1)[ ]key[ ](?:0[ ]|8[ ])?
  | enable[ ]password[ ]+(?:level[ ]\d+[ ])?(?:\d[ ]+)?
  | passwd[ ](?:level[ ]\d+[ ])?
  | username[ ]\S+[ ]password[ ]+(?:\d[ ]+)?
  | snmp-server[ ]community[ ](?:0[ ]|8[ ])?
  | snmp-server[ ]host(?:-group)?[ ]\S+[ ]\S+[ ](?:poll[ ]|trap[ ])?community[ ](?:0[ ]|8[ ])?
  | ldap-login-password[ ]
  | vpdn[ ]username[ ]\S+[ ]password[ ]+(?:\d[ ]+)?
  | (?:failover|failover[ ]ipsec[ ]pre-shared|mac)[ ]key[ ](?:hex[ ]|0[ ]|8[ ])?
  | ntp[ ]authentication-key[ ]\d+[ ]\S+[ ](?:0[ ]|8[ ])?
  | message-digest-key[ ]\d+[ ]md5[ ](?:0[ ]|8[ ])?
  | (?<!ntp[ ])authentication-key[ ](?:0[ ]|8[ ])?
  | authentication[ ]key[ ](?:eigrp[ ]\d+[ ])?(?:0[ ]|8[ ])?
  | (?:area|domain)-password[ ]
  | neighbor[ ]\S+[ ]password[ ](?:\d[ ])?
  | authentication-certificate[ ]password[ ]
  | external[ ]server-group[ ]\S+[ ]password[ ]
  | radius-common-pw[ ]
  | storage-key[ ]\S*[ ]?
  | (?:http|proxy)-password[ ]
  | ppp[ ]\S+[ ]password[ ]
  | logging[ ]ftp-server[ ]\S+[ ]\S+[ ]\S+[ ]
  | license-server[ ]address[ ]\S+[ ]secret[ ]
  | license[ ](?=[0-9A-Fa-f]{32})
  | policy-server-secret[ ]
  | key[ ]config-key[ ]password-encryption[ ]
  | (?:cipher|authenticator)[ ](?=[0-9A-Fa-f]{16})
  | key-string[ ](?:\d[ ])?
  | passphrase[ ]
  | shared-secret[ ]
  | challenge-password[ ]
  | password[ ]+(?:\d[ ]+)?(?!encryption|policy|storage|management)
"""
_SECRET = re.compile(rf"((?<![\w-])(?:{_KEYED}))(\S+)", re.VERBOSE | re.IGNORECASE)
# `key` alone is a secret only as a sub-line of an aaa-server host, an EIGRP or cluster setting.
_KEY_LINE = re.compile(r"^([ ]*key[ ](?:0[ ]|8[ ])?)(\S+)(?=[ ]*\r?$)", re.MULTILINE)
_AAA_KEY = re.compile(
    r"^(aaa-server[ ][^\n]{0,200}[ ]key[ ]|aaa-server[ ]\S+[ ](?:\(\S+\)[ ])?host[ ]\S+[ ](?!timeout))(\S+)",
    re.MULTILINE,
)
# The password within an address: ``ftp://user:secret@host/file``.
_URL = re.compile(r"(://[^\s:/@]{1,200}:)([^\s/@]{1,200})(?=@)")
_SNMP_USER = re.compile(
    r"((?:auth|priv)[ ](?:md5|sha|sha224|sha256|sha384|sha512|des|3des|aes(?:[ ](?:128|192|256))?)[ ])(\S+)"
)
_HEX_LINE = re.compile(r"^([ \t]*)[0-9a-fA-F]{8}(?:[ ][0-9a-fA-F]{2,8}){0,11}[ \t]*(?=\r?$)", re.MULTILINE)
_CHAIN = re.compile(r"^[ \t]*(?:certificate|quit|crypto ca certificate chain|crypto key)\b", re.MULTILINE)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")


def mask(text: str) -> str:
    """The text with every secret replaced by asterisks."""
    text = _SECRET.sub(_masked, text)
    text = _KEY_LINE.sub(_masked, text)
    if "://" in text:
        text = _URL.sub(_masked, text)
    if "aaa-server" in text:
        text = _AAA_KEY.sub(_masked, text)
    if "snmp-server user" in text:
        text = "\n".join(
            _SNMP_USER.sub(_masked, line) if "snmp-server user" in line else line for line in text.split("\n")
        )
    if _CHAIN.search(text):
        text = _HEX_LINE.sub(lambda match: match[1] + MASK, text)
    return _without_private_keys(text) if "PRIVATE KEY-----" in text else text


def _masked(match: re.Match[str]) -> str:
    """The secret masked, unless the device did it, with one asterisk or five."""
    secret = match[2].rstrip("\r")
    return match[0] if set(secret) == {"*"} else match[1] + MASK + match[2][len(secret) :]


def _without_private_keys(text: str) -> str:
    inside, lines = False, []
    for line in text.split("\n"):
        ends = line.startswith("-----END")
        lines.append(MASK if inside and not ends else line)
        inside = bool(_PEM.search(line)) or (inside and not ends)
    return "\n".join(lines)
