# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/state.md tells to type answers, on SQLite as it stands and on PostgreSQL as it says."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Phase, State
from tests.state.test_attempts import cut_off
from tests.state.test_leases import holder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "state.md"
# The pair that the page frees.
PAIR = "198.51.100.2-203.0.113.1"


def statements() -> list[str]:
    blocks = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [each.strip() for block in blocks for each in block.split(";") if each.strip()]


def test_what_the_page_asks_is_answered(state: State) -> None:
    lease, number = cut_off(state, Phase.FIRST_DONE, pair=PAIR)
    work, tried, unfinished, shadow_counts, free = statements()
    state.would_have_acted(PAIR, 1258704900.0)
    postgresql = state.database.engine.dialect.name == "postgresql"
    answers = []
    for asked in (work, tried, unfinished, shadow_counts):
        said = re.sub(r"datetime\((\w+), 'unixepoch'\)", r"to_timestamp(\1)", asked) if postgresql else asked
        with state.database.transaction() as connection:
            (row,) = connection.execute(text(said)).all()
            answers.append(tuple(row))
    assert answers[0][:4] == ("hq-branch", lease.owner.run, "ctl-1", lease.owner.pid)
    assert answers[1][:5] == (number, "hq-branch", lease.owner.run, "ctl-1", "clear_ipsec_sa")
    assert answers[2] == (number, "hq-branch", lease.owner.run, "ctl-1", "first_done")
    assert answers[3][:2] == (PAIR, 1)
    if not postgresql:
        assert answers[0][4:] == ("2009-11-20 08:15:00", "2009-11-20 08:25:00")
    with state.database.transaction() as connection:
        connection.execute(text(free))
    assert holder(state, PAIR) is None
