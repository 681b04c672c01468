# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and lab agree: what the audit says of two configurations, beside what the lab does with them.

Each pair is drawn from a seed: a base that works, and features that change one end. The audit judges it while no tunnel
is up; the lab lets it negotiate. Neither knows the other. Where they differ one of the two is wrong, which the
documents settle; what was settled is a case in ``cases/`` from then on.
"""
