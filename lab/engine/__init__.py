# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure heart: clock-driven IKE, IPsec, traffic and faults. No sockets, no wall time."""
