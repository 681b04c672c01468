# SPDX-License-Identifier: GPL-3.0-or-later
"""Trustpoints and their certificates, as far as issuer and validity go."""

from __future__ import annotations

from lab.config import Config
from lab.engine.policy.model import Trustpoint


def read_trustpoints(config: Config) -> dict[str, Trustpoint]:
    return {
        block.words[3]: Trustpoint(block.words[3])
        for block in config.starting("crypto", "ca", "trustpoint")
        if len(block.words) > 3
    }
