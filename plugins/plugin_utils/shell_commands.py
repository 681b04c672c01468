# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the commands that Ansible hands to a connection may reach an ASA."""

from __future__ import annotations

import re

# Abbreviated, too; but `sh -c` and `sh /tmp/x` are what Ansible ships to a host with a shell.
_SHOW = re.compile(r"sh(?:o|ow)?\s+[a-z]", re.IGNORECASE)
# include, exclude, begin and grep only filter; the other pipes write to the flash, in any abbreviation. A later bar is
# part of a filter's pattern, so only a whole word counts there.
_WRITING = re.compile(
    r"[^|]*\|\s*[rta]\w*\b|.*\|\s*(?:redirect|tee|append)\s|sh\w*\s+te\S*\s(?:[^|]*\s)?file\b", re.IGNORECASE
)
# Abbreviated, too. Whoever types one at 3 a.m. wants a tunnel back.
_CLEAR = re.compile(r"cl(?:e|ea|ear)?\s+\S", re.IGNORECASE)
_GUARD = "The guard: ansible.builtin.raw sends show commands alone, unless ansible_asa_raw_commands is 'all'"
_UNTYPEABLE = re.compile(r"[\x00-\x1f\x7f?]")


def refusal_of_raw(line: str, *, anything: bool) -> str:
    """Say why a line may not be sent, or return an empty string when it may.

    ``anything`` lifts the limit to show commands; what is no single line is refused even then, because it would be a
    second command that nobody read.
    """
    if not line:
        return "nothing to send: the command is empty"
    if "\n" in line or "\r" in line:
        return f"not sent: a command is one line, and this one has a line break: {line!r}"
    if _UNTYPEABLE.search(line):
        return f"not sent: a question mark or a control character makes the device complete the line: {line!r}"
    if anything:
        return ""
    if _CLEAR.match(line):
        return (
            f"not sent: {line!r} is no show command. To get a tunnel back use 'ansible-playbook "
            "tunnelmend.asa.remediate -e tunnel=NAME' (in a checkout playbooks/remediate.yml): it compares both ends, "
            f"clears one tunnel's SAs in the right order and proves the result. {_GUARD}"
        )
    if not _SHOW.match(line):
        return (
            f"not sent: {line!r} is no show command. An ASA runs no Python and no shell: use the modules of "
            f"tunnelmend.asa, and set gather_facts: false in the play. {_GUARD}"
        )
    if _WRITING.match(line):
        return f"not sent: {line!r} writes to the device's flash; set ansible_asa_raw_commands=all if that is meant"
    return ""
