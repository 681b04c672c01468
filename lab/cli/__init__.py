# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of an ASA as a state machine: bytes in, bytes out."""
