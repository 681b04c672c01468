# SPDX-License-Identifier: GPL-3.0-or-later
"""Two (or more) emulated Cisco ASAs on loopback, with an IKE/IPsec engine that really negotiates.

The lab is the independent witness of this project: it shares no code with what it tests.
"""
