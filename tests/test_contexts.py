# SPDX-License-Identifier: GPL-3.0-or-later
"""A login goes into the context that is meant, proves it, or says why not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import contexts
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import LoginError
from tests.dialogues import Asa, Wire

HEAD = "Context Name      Class      Interfaces           Mode         URL\r\n"


@dataclass
class Multiple(Asa):
    """A device in multiple mode. ``shown`` is what its prompt tells of a context."""

    shown: str = "{name}/{context}"
    known: tuple[str, ...] = ("admin", "vpn1")

    def answer(self, line: str) -> str:
        if line.startswith("changeto context "):
            wanted = line.split()[-1]
            if wanted not in self.known:
                return f"ERROR: No such context: {wanted}\r\n"
            self.name, self.context = self.shown.format(name="hq", context=wanted), wanted
        if line == "changeto system":
            self.name, self.context = "hq", ""
        if line == "show context":
            listed = [self.context] if self.context else list(self.known)
            rows = "".join(f"{'*' if each == 'admin' else ' '}{each:<17}default\r\n" for each in listed)
            return HEAD + rows
        return super().answer(line)

    context: str = "admin"


def entered(device: Multiple, name: str, size: int = 10**9) -> Wire:
    wire = Wire(device, size=size)
    wire(wire.dialogue.login("secret"))
    wire(contexts.enter(wire.dialogue, name))
    return wire


@pytest.mark.parametrize("size", [1, 7, 10**9])
def test_it_goes_there_and_turns_the_pager_off_there_too(size: int) -> None:
    device = Multiple(name="hq/admin", last=">")
    wire = entered(device, "vpn1", size)
    assert wire.dialogue.prompt == b"hq/vpn1"
    assert device.received[-4:] == ["changeto context vpn1", "show curpriv", "terminal pager 0", "show pager"]
    assert wire(wire.dialogue.command("show clock")).text == ""


def test_a_prompt_that_names_no_context_is_proven_by_the_list() -> None:
    device = Multiple(shown="{name}")
    assert entered(device, "vpn1").dialogue.prompt == b"hq"
    assert device.received[-1] == "show context"


def test_the_system_space_is_proven_too() -> None:
    device = Multiple(name="hq/admin")
    assert entered(device, "system").dialogue.prompt == b"hq"


def test_a_context_that_does_not_exist_is_told_with_what_to_do() -> None:
    with pytest.raises(LoginError) as caught:
        entered(Multiple(), "vpn9")
    assert str(caught.value).startswith(
        "hq: the device refused 'changeto context vpn9': ERROR: No such context: vpn9. Contexts exist in multiple mode"
    )


def test_a_device_in_single_mode_says_so() -> None:
    class Single(Multiple):
        def answer(self, line: str) -> str:
            refused = "ERROR: Command requires multi-mode\r\n"
            return refused if line.startswith("changeto") else super().answer(line)

    with pytest.raises(LoginError, match="the device refused 'changeto context vpn1': ERROR: Command requires multi"):
        entered(Single(), "vpn1")


def test_a_login_that_stays_where_it_was_is_not_believed() -> None:
    class Deaf(Multiple):
        def answer(self, line: str) -> str:
            return "" if line.startswith("changeto") else super().answer(line)

    with pytest.raises(LoginError) as caught:
        entered(Deaf(), "vpn1")
    assert (
        "after 'changeto context vpn1' nothing proves that the login is there: the prompt is 'hq' and 'show context' "
        "lists admin. Let the prompt name the context: 'prompt hostname context' in the system space"
    ) in str(caught.value)


def test_what_is_no_name_is_never_typed() -> None:
    device = Multiple()
    with pytest.raises(LoginError, match="'vpn1; reload' is no name of a context"):
        entered(device, "vpn1; reload")
    assert not [line for line in device.received if line.startswith("changeto")]
