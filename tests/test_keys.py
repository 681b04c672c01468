# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys are compared, and never told."""

from __future__ import annotations

import logging
import traceback

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import keys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keys import Comparison, compare

ONE, TWO = "Winter-Sparrow-41", "Summer-Heron-17"
HQ, BRANCH = "203.0.113.1", "198.51.100.2"


def group(peer: str, *lines: str) -> str:
    body = "".join(f" {line}\n" for line in lines)
    return f"tunnel-group {peer} type ipsec-l2l\ntunnel-group {peer} ipsec-attributes\n{body}!\n"


def version_2(peer: str, local: str, remote: str) -> str:
    return group(
        peer,
        f"ikev2 remote-authentication pre-shared-key {remote}",
        f"ikev2 local-authentication pre-shared-key {local}",
    )


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        pytest.param(f"pre-shared-key {ONE}", f"ikev1 pre-shared-key {ONE}", "equal", id="of two releases"),
        pytest.param(f"pre-shared-key {ONE}", f"pre-shared-key {TWO}", "unequal", id="another"),
        pytest.param(f"pre-shared-key {ONE}", f"pre-shared-key {ONE.lower()}", "unequal", id="another case"),
        pytest.param(f"pre-shared-key {ONE}", f"pre-shared-key 0 {ONE}", "equal", id="said to be in clear"),
        pytest.param("pre-shared-key *****", f"pre-shared-key {ONE}", "unverifiable", id="masked at one end"),
        pytest.param("pre-shared-key *", "pre-shared-key *", "unverifiable", id="masked at both ends"),
        pytest.param(
            "pre-shared-key 8 JDYkq7hP3Lx", "pre-shared-key 8 JDYkq7hP3Lx", "unverifiable", id="encrypted blobs"
        ),
        pytest.param("pre-shared-key hex 0a0b0c", "pre-shared-key hex 0a0b0c", "unverifiable", id="hexadecimal"),
        pytest.param("pre-shared-key hex", "pre-shared-key hex", "equal", id="a key that reads like a keyword"),
        pytest.param("isakmp keepalive disable", f"pre-shared-key {ONE}", "unverifiable", id="none at one end"),
        pytest.param("pre-shared-key", f"pre-shared-key {ONE}", "unverifiable", id="a line that was cut"),
    ],
)
def test_keys_of_version_1(left: str, right: str, said: str) -> None:
    assert str(compare(group(BRANCH, left), group(HQ, right))) == said


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        pytest.param((ONE, TWO), (TWO, ONE), Comparison.EQUAL, id="crosswise"),
        pytest.param((ONE, ONE), (ONE, ONE), Comparison.EQUAL, id="the same in both directions"),
        pytest.param((ONE, TWO), (ONE, TWO), Comparison.UNEQUAL, id="the same way round at both ends"),
        pytest.param((ONE, TWO), (TWO, TWO), Comparison.UNEQUAL, id="one direction alone"),
        pytest.param((ONE, "*****"), ("*****", ONE), Comparison.UNVERIFIABLE, id="one direction masked"),
        pytest.param((ONE, "*****"), ("*****", TWO), Comparison.UNEQUAL, id="one masked and the other wrong"),
        pytest.param((ONE, "8 abc"), ("8 abc", ONE), Comparison.UNVERIFIABLE, id="one direction encrypted"),
    ],
)
def test_keys_of_version_2_are_compared_crosswise(
    left: tuple[str, str], right: tuple[str, str], said: Comparison
) -> None:
    assert compare(version_2(BRANCH, *left), version_2(HQ, *right)) is said


def test_a_missing_direction_is_unverifiable() -> None:
    half = group(BRANCH, f"ikev2 local-authentication pre-shared-key {ONE}")
    assert compare(half, version_2(HQ, ONE, ONE)) is Comparison.UNVERIFIABLE


def test_of_two_versions_the_one_asked_for_counts() -> None:
    left = group(BRANCH, f"ikev1 pre-shared-key {ONE}") + version_2(BRANCH, ONE, ONE)
    right = group(HQ, f"ikev1 pre-shared-key {TWO}") + version_2(HQ, ONE, ONE)
    assert compare(left, right, version=1) is Comparison.UNEQUAL
    assert compare(left, right, version=2) is Comparison.EQUAL
    # Leftovers of the other version are no reason to call a tunnel's keys unequal.
    assert compare(left, right) is Comparison.UNVERIFIABLE


def test_a_version_that_one_end_lacks_is_not_compared() -> None:
    left = group(BRANCH, f"ikev1 pre-shared-key {ONE}") + version_2(BRANCH, ONE, ONE)
    right = group(HQ, f"pre-shared-key {ONE}")
    assert compare(left, right) is Comparison.EQUAL
    assert compare(left, right, version=2) is Comparison.UNVERIFIABLE


def test_the_named_groups_are_compared_and_no_others() -> None:
    hub = group(BRANCH, f"pre-shared-key {ONE}") + group("192.0.2.9", f"pre-shared-key {TWO}")
    branch = group(HQ, f"pre-shared-key {ONE}")
    assert compare(hub, branch, left_group=BRANCH, right_group=HQ) is Comparison.EQUAL
    assert compare(hub, branch, left_group="192.0.2.9", right_group=HQ) is Comparison.UNEQUAL
    assert compare(hub, branch, left_group="192.0.2.10", right_group=HQ) is Comparison.UNVERIFIABLE
    assert compare(hub, branch) is Comparison.UNVERIFIABLE


def test_a_key_elsewhere_in_the_configuration_is_none_of_a_tunnel_group() -> None:
    failover = f"failover\n ikev1 pre-shared-key {ONE}\n"
    assert compare(failover, group(HQ, f"pre-shared-key {ONE}")) is Comparison.UNVERIFIABLE


@pytest.mark.parametrize("text", ["", "\n \n", " pre-shared-key x", "tunnel-group", "\x00\udcff"])
def test_any_text_is_answered(text: str) -> None:
    assert compare(text, group(HQ, f"pre-shared-key {ONE}")) is Comparison.UNVERIFIABLE


def test_bytes_that_are_no_text_are_compared_too() -> None:
    odd = ONE + "\udcff\ud800"
    assert compare(group(BRANCH, f"pre-shared-key {odd}"), group(HQ, f"pre-shared-key {odd}")) is Comparison.EQUAL


def test_no_key_is_told(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    text = group(BRANCH, f"pre-shared-key {ONE}")
    result = compare(text, group(HQ, f"pre-shared-key {TWO}"))
    inner = keys._keys(text, "")
    told = f"{result!r} {result} {inner!r} {inner!s} {caplog.text} {''.join(capsys.readouterr())}"
    assert result is Comparison.UNEQUAL
    assert "_Key(*****)" in told
    assert ONE not in told
    assert TWO not in told


def test_an_exception_tells_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("no digest")

    monkeypatch.setattr(keys.hmac, "digest", broken)
    with pytest.raises(RuntimeError) as caught:
        compare(group(BRANCH, f"pre-shared-key {ONE}"), group(HQ, f"pre-shared-key {ONE}"))
    assert ONE not in "".join(traceback.format_exception(caught.value))


def test_each_pair_has_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []
    real = keys.hmac.digest

    def noted(key: bytes, value: bytes, name: str) -> bytes:
        drawn.append(key)
        return real(key, value, name)

    monkeypatch.setattr(keys.hmac, "digest", noted)
    assert compare(version_2(BRANCH, ONE, TWO), version_2(HQ, TWO, ONE)) is Comparison.EQUAL
    assert [len(key) for key in drawn] == [32] * 4
    assert len(set(drawn)) == 2
