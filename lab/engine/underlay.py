# SPDX-License-Identifier: GPL-3.0-or-later
"""What the internet between the outside addresses does to packets: nothing, unless it was told to lose some."""

from __future__ import annotations


class Underlay:
    """`cut` holds pairs of addresses between which nothing passes; `lost_deletes` counts IKE DELETEs yet to lose."""

    def __init__(self) -> None:
        self.cut: set[frozenset[str]] = set()
        self.lost_deletes: dict[str, int | None] = {}

    def passes(self, one: str, other: str) -> bool:
        return frozenset((one, other)) not in self.cut

    def loses_delete(self, *devices: str) -> bool:
        """Is this DELETE lost, from or to one of these devices? A number counts down, None loses all."""
        for name in devices:
            if name in self.lost_deletes:
                left = self.lost_deletes[name]
                if left is not None:
                    self.lost_deletes[name] = left - 1
                    if left <= 1:
                        del self.lost_deletes[name]
                return True
        return False
