# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a browser shows it: both arrows are drawn, and nothing is fetched from anywhere."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import html
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from tests.reporters import samples

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium(path: str, tmp_path: Path, *arguments: str) -> str:
    done = subprocess.run(
        [path, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_the_page_of_the_incident_shows_which_direction_is_dead(
    program: Callable[[str, str], str], tmp_path: Path
) -> None:
    browser = program("chromium", "chromium")
    page = tmp_path / "report.html"
    page.write_text(html.render(document(samples.audit(samples.BROKEN))), encoding="utf-8")
    dom = chromium(browser, tmp_path, "--dump-dom", page.as_uri())
    assert "branch does not have 0x" in dom
    assert "hq does not have 0x" in dom
    assert "http://" not in dom.replace("http://www.w3.org/", "")
    picture = tmp_path / "report.png"
    chromium(browser, tmp_path, "--window-size=390,2000", f"--screenshot={picture}", page.as_uri())
    data = picture.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (390, 2000)
    # A page that failed to draw compresses to next to nothing.
    assert len(data) > 20_000


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_remediation_fits_its_window_and_marks_the_clears(
    width: int, scheme: str, program: Callable[[str, str], str], tmp_path: Path
) -> None:
    """Measured by a script that the test appends: the page itself draws without one."""
    browser = program("chromium", "chromium")
    page = tmp_path / "report.html"
    whole = html.render(document(samples.remediation()))
    measuring = """<script>
        const box = (name) => document.querySelector(name).getBoundingClientRect();
        const left = box(".event.left > div"), right = box(".event.right > div"), time = box(".event.right time");
        document.body.dataset.measured = [
          document.documentElement.scrollWidth <= innerWidth,
          left.right <= time.left + 1 && time.right <= right.left + 1,
          getComputedStyle(document.querySelector(".event.clears > div")).backgroundColor
            !== getComputedStyle(document.querySelector(".event.reading > div")).backgroundColor,
        ].join(" ");
        </script></body>"""
    # The policy names the page's own script by its sum, beside which what is inline does not count.
    whole = re.sub(r"script-src [^;]*;", "script-src 'unsafe-inline';", whole).replace("</body>", measuring)
    page.write_text(whole, encoding="utf-8")
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    dom = chromium(browser, tmp_path, *dark, f"--window-size={width},900", "--dump-dom", page.as_uri())
    assert 'data-measured="true true true"' in dom


def test_the_pages_own_script_runs_under_its_policy(program: Callable[[str, str], str], tmp_path: Path) -> None:
    """It unhides the filter, counts the tunnels, and opens the section that the address names."""
    browser = program("chromium", "chromium")
    page = tmp_path / "report.html"
    many = [samples.named(samples.HEALTHY, f"hq-site{number}") for number in range(30)]
    page.write_text(html.render(document(samples.audit(samples.BROKEN, *many))), encoding="utf-8")
    dom = lxml.html.document_fromstring(chromium(browser, tmp_path, "--dump-dom", f"{page.as_uri()}#tunnel-hq-site7"))
    (tools,) = dom.find_class("tools")
    assert "hidden" not in tools.attrib
    assert tools.find("output").text_content() == "31 tunnels"
    opened = [each.get("aria-labelledby") for each in dom.xpath("//details[contains(@class, 'card')][@open]")]
    assert opened == ["tunnel-hq-site7-title"]
    assert [each.text_content() for each in dom.xpath("//table[contains(@class, 'overview')]//th/button")] == [
        "Verdict",
        "Tunnel",
        "Cause",
        "Failing",
    ]
