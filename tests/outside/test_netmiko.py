# SPDX-License-Identifier: GPL-3.0-or-later
"""netmiko's `cisco_asa` driver, which people have used on real ASAs for a decade, takes the lab for one.

It proves the lab's login, prompts, pager, echo and configuration mode over SSH (paramiko, where we use libssh), and
that our connection returns the same text as netmiko.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from netmiko import BaseConnection, ConnectHandler, NetmikoAuthenticationException

from lab.testing import RunningLab
from tests.outside.conftest import Connect, Server, Site


@contextmanager
def login(lab: RunningLab, name: str, password: str = "lab-operator") -> Iterator[BaseConnection]:
    device = lab.devices[name]
    with ConnectHandler(
        device_type="cisco_asa", host=device["host"], port=device["port"], username="operator", password=password,
        secret="lab-enable",
    ) as driver:  # fmt: skip
        yield driver


def test_logs_in_enables_and_turns_the_pager_off(site: Site) -> None:
    for name, status in site.lab.status()["devices"].items():
        with login(site.lab, name) as driver:
            assert driver.find_prompt() == f"{status['hostname']}#"
            assert driver.base_prompt == status["hostname"]
            assert driver.check_enable_mode()
            # Longer than a page of 24 lines, and nothing of the pager in it.
            text = driver.send_command("show running-config")
            assert text.rstrip().endswith(": end")
            assert len(text.splitlines()) > 50
            assert "More" not in text


def test_reads_what_our_connection_reads(site: Site, connect: Connect) -> None:
    for name, status in site.lab.status()["devices"].items():
        ours = connect(Server(site.lab.devices[name]["port"], site.lab.known_hosts), **site.variables)
        texts = {}
        with login(site.lab, name) as driver:
            for command in ("show version", "show crypto ipsec sa", "show running-config"):
                texts[command] = driver.send_command(command)
                code, text, _ = ours.exec_command(command)
                assert code == 0
                assert texts[command].strip("\n") == text.decode().strip("\n")
        assert f"Software Version {status['release']}" in texts["show version"]
        assert f"\n{status['hostname']} up " in texts["show version"]
        spis = [spi for sa in status["ipsec"] for spi in [*sa["spi_in"], *sa["spi_out"]]]
        assert len(spis) == 2
        for spi in spis:
            assert f"spi: {spi} ({int(spi, 16)})" in texts["show crypto ipsec sa"]


def test_configures(site: Site) -> None:
    name, status = next(iter(site.lab.status()["devices"].items()))
    with login(site.lab, name) as driver:
        driver.config_mode()
        assert driver.check_config_mode()
        assert driver.find_prompt() == f"{status['hostname']}(config)#"
        driver.exit_config_mode()
        assert not driver.check_config_mode()
        assert driver.find_prompt() == f"{status['hostname']}#"
        before = driver.send_command("show running-config logging")
        assert "logging buffered errors" not in before
        driver.send_config_set(["logging buffered errors"])
        assert not driver.check_config_mode()
        assert "logging buffered errors" in driver.send_command("show running-config logging")
        assert "% Invalid input detected at '^' marker." in driver.send_command("show nonsense")


def test_a_wrong_password_is_told_as_one(site: Site) -> None:
    with pytest.raises(NetmikoAuthenticationException), login(site.lab, next(iter(site.lab.devices)), "gu3ss"):
        pass
