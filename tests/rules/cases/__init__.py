# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of each rule, one file a rule. A new case is a tunnel and the words it must give."""
