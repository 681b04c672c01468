# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair of configurations out of a seed: a base, and features that may or may not break it."""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass

from tests.agree import words
from tests.agree.features import KINDS, Feature, apply
from tests.agree.spec import Pair, base

#: How many features a pair has: mostly few, so that one fault is seen alone and two now and then together.
COUNTS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)


@dataclass(frozen=True)
class Drawing:
    """All that makes a pair; ``seed`` also moves the lab's own random numbers."""

    seed: int
    kind: str
    versions: tuple[int, ...]
    releases: tuple[str, str]
    features: tuple[Feature, ...] = ()

    def __str__(self) -> str:
        ike = "+".join(map(str, self.versions))
        told = ", ".join(map(str, self.features)) or "as the base is"
        return f"{self.kind} IKEv{ike} {self.releases[0]} to {self.releases[1]}: {told}"

    def pair(self) -> Pair:
        made = base(self.kind, self.versions, self.releases)
        for feature in self.features:
            apply(made, feature)
        return made

    def having(self, features: tuple[Feature, ...]) -> Drawing:
        return dataclasses.replace(self, features=features)


#: Base kinds and how often each is drawn.
BASES = (("static", (1,), 10), ("static", (2,), 7), ("static", (1, 2), 4), ("dynamic", (1,), 3), ("dynamic", (2,), 2),
         ("vti", (1,), 2), ("vti", (2,), 3))  # fmt: skip


def _takes(pair: Pair, feature: Feature) -> bool:
    end = pair.ends[feature.end]
    if feature.name == "pfs":
        return feature.value in words.pfs(end.version, end.versions)
    return feature.name != "connection-type" or end.kind == "static"


def draw(seed: int) -> Drawing:
    rng = random.Random(f"agree/{seed}")
    kind, versions, _ = rng.choices(BASES, weights=[weight for *_, weight in BASES])[0]
    known = words.VTI if kind == "vti" else words.RELEASES if versions == (1,) else words.NEW
    releases = (rng.choice(known), rng.choice(known))
    if rng.random() < 0.4:
        releases = (releases[0], releases[0])
    if 2 in versions and "8.4(7)" in releases and any(each in releases for each in words.WITHOUT_OLD):
        # They have no group in common for IKEv2.
        releases = (releases[0], releases[0])
    drawing = Drawing(seed, kind, versions, releases)
    features: list[Feature] = []
    for _ in range(rng.choice(COUNTS)):
        names = list(KINDS)
        for _ in range(20):
            name = rng.choices(names, weights=[KINDS[each].weight for each in names])[0]
            place = rng.randrange(2)
            pair = drawing.having(tuple(features)).pair()
            value = KINDS[name].draw(rng, pair, pair.ends[place])
            if value is None or any((each.name, each.end) == (name, place) for each in features):
                continue
            features.append(Feature(name, place, value))
            if rng.random() < 0.2 and name in ("pfs", "keepalive", "ike-lifetime", "seconds", "connection-type"):
                # The same at both ends, which mostly is no fault.
                other = Feature(name, 1 - place, value)
                # What the other release takes: it may know fewer groups.
                features += [other] if _takes(drawing.having(tuple(features)).pair(), other) else []
            break
    return drawing.having(tuple(features))
