# SPDX-License-Identifier: GPL-3.0-or-later
"""network_cli's own cliconf: reading alone needs nothing of an ASA."""

from __future__ import annotations

from ansible_collections.ansible.netcommon.plugins.cliconf.default import Cliconf as Default

DOCUMENTATION = """
name: asa
author: The tunnelmend developers
short_description: Read the commands of an ASA
description: For the benchmark alone.
"""


class Cliconf(Default):
    pass
