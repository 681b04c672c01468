# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled faults: the text of devices, and what must be said of it.

A label rests on a document or on an observation that its case cites, never on what the product answers. The texts are
made here, by hand and by these templates, and share no code with the product or with the lab.
"""
