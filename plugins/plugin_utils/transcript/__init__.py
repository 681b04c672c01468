# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal log or a ``show tech-support`` as what it is made of: the output of one command after another.

::

    hq# show crypto isakmp sa                           a prompt with a command, in any mode and context
    Result of the command: "show version"               as ASDM prints it
    ------------------ show version ------------------  a section of show tech-support

Nothing is lost: parts follow each other and take every line of the text, each line once. What is no command's output
(the chatter of a login, messages at an idle prompt, a note between two pastes) is a part without a command.

A prompt, or a line that looks like one?
    Nothing in a line tells. A banner may end in ``#``, and whoever pastes two devices into one file has two kinds of
    prompt. So names are weighed before anything is split. A name is a prompt's when a command that an ASA knows was
    typed behind it, and it is the commonest such name, or has two prompts, or is the name that ``hostname`` or ``show
    version`` print, or shares host name or context with such a one, or follows the end of a session (``exit``, a
    login). A name that was never seen with a command is output: ``description uplink-core#`` splits nothing.

    What is left is said, not guessed, in ``doubtful``: a command behind a name that was seen once; a bare prompt that
    something other than log messages follows, because an empty line makes a device print nothing; words behind the
    prompt that are no command and that the device did not refuse; a command whose echo was scrolled (``$``) or fills
    the line. Both neighbours are marked, because one may belong to the other.

Whole or cut?
    An output is whole when a prompt of its device, or another section, follows it; the last one of a text never is
    proven to be. It is cut when the pager was left (``<--- More --->`` right before the prompt), when it was
    interrupted, or when the session ended in it. ``incomplete`` says so. A page that was turned lost nothing, and its
    marker is taken off.

What the way of a text adds is taken off the lines: odd carriage returns, escape sequences, the time that a terminal
program puts in front of each line, what backspace took back, pager markers. Tabs and blanks stay. Every step is linear.

A file of crash information repeats sections of ``show tech-support`` as they were before the crash; they stay within
their ``show crashinfo``. In multiple context mode the sections of several contexts follow each other: the context is
that of the last release line (``Version 9.16(4) <admin>``) or heading that names one; without it, a section that
occurs twice is ``doubtful``.

Sources: Cisco ASA configuration guides (prompts, ``prompt``, ``terminal pager``, ``terminal width``), command reference
(``show tech-support``, ``show crashinfo``), captured texts.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._lines import clean
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._model import Part, Transcript
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._signs import scan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._splitter import Splitter

__all__ = ["Part", "Transcript", "split"]


def split(text: str) -> Transcript:
    """The parts of a terminal log or of a ``show tech-support``."""
    cleaned = clean(text)
    return Splitter(cleaned, scan(cleaned.lines)).transcript()
