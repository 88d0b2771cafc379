"""Ratings estimated from the repository, each from 1 to 5 with its reason in words.

The cut points are data, in scale.toml. A person's rating always wins over these; that is the
register's business.
"""

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.kinds import Kind

SCALE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("scale.toml").read_text(encoding="utf-8")
)
VERSION: str = SCALE["version"]
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class ProxyRating:
    """A rating from 1 to 5, and what it was read from."""

    value: int
    reason: str


@dataclass(frozen=True)
class People:
    """Who committed to an artifact: people only, e-mail → commits.

    `silent_days` is how long the most active of them has committed nothing anywhere in the
    repository; None when no person has committed to the artifact.
    """

    commits: Mapping[str, int]
    silent_days: int | None


def frequency(*, in_90_days: int, in_a_year: int, age_days: float) -> ProxyRating:
    """Commits a month over twelve months, or over its age if that is less, but at least a month."""
    months = min(12.0, max(1.0, age_days / DAYS_A_MONTH))
    monthly = in_a_year / months
    value = 1 + bisect_left(SCALE["frequency"]["cuts"], monthly)
    return ProxyRating(value, f"{counted(in_90_days, 'commit')} in 90 days, {monthly:.1f} a month")


def complexity(*, lines: int, branches: int, kind: Kind, tested: bool) -> ProxyRating:
    """The mean of size and branching, halves up; code that no test names is one harder."""
    scale = SCALE["complexity"]
    ratings = bisect_left(scale["lines"], lines) + bisect_left(scale["branches"], branches) + 2
    untested = not tested and kind not in {"test_suite", "iac_config"}
    value = (ratings + 1) // 2 + (scale["untested"] if untested else 0)
    reason = f"{counted(lines, 'line')}, {counted(branches, 'branch', 'branches')}"
    return ProxyRating(min(5, value), f"{reason}; no test names it" if untested else reason)


def risk(*, kind: Kind, lines_of: Mapping[str, int], dependants: int, reverts: int) -> ProxyRating:
    """The kind's base, raised by critical paths, by what leans on it and by what was taken back."""
    scale = SCALE["risk"]
    value, reasons = scale["base"][kind], [kind.replace("_", " ").replace("iac", "IaC")]
    critical = None if kind == "test_suite" else _critical_topic(lines_of)
    if critical:
        value = max(value, scale["critical"])
        reasons.append(f"{critical} path")
    if dependants:
        value += _step(scale["dependants"], dependants)
        reasons.append(counted(dependants, "dependant"))
    if reverts:
        value += _step(scale["reverts"], reverts)
        reasons.append(f"{counted(reverts, 'revert')} in a year")
    return ProxyRating(min(5, value), ", ".join(reasons))


def friction(*, owned: bool, catch_all: bool, people: People) -> ProxyRating:
    """How hard it is to find somebody: no owner, a silent one, one head or very many."""
    scale = SCALE["friction"]
    found = [
        (scale["no_owner"], "no owner in CODEOWNERS", not owned),
        (scale["only_catch_all"], "only the catch-all owner", owned and catch_all),
        (scale["silent"], *_silence(people)),
        (scale["narrow"], *_narrowness(people.commits)),
    ]
    value = 1 + sum(weight for weight, _, true in found if true)
    reasons = [reason for _, reason, true in found if true]
    return ProxyRating(
        min(5, value), ", ".join(reasons) or "owned, active, known to several people"
    )


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 commit", "37 commits"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def critical_topic(path: str) -> str | None:
    """What a path's words say it deals with, where a failure is expensive."""
    words = set(re.split(r"[^a-z0-9]+", path.lower()))
    topics = SCALE["risk"]["words"]
    return next((topic for topic in topics if not words.isdisjoint(topics[topic])), None)


def _critical_topic(lines_of: Mapping[str, int]) -> str | None:
    """The topic with most lines, if they are a noticeable part."""
    topics: Counter[str] = Counter()
    for path, lines in lines_of.items():
        if topic := critical_topic(path):
            topics[topic] += lines
    if not topics:
        return None
    topic, lines = topics.most_common(1)[0]
    return topic if lines >= SCALE["risk"]["critical_share"] * sum(lines_of.values()) else None


def _step(steps: Sequence[Sequence[int]], number: int) -> int:
    return next((added for least, added in steps if number >= least), 0)


def _silence(people: People) -> tuple[str, bool]:
    days = people.silent_days or 0
    silent = days > SCALE["friction"]["silent_days"]
    return f"its most active person silent for {days:,} days", silent


def _narrowness(commits: Mapping[str, int]) -> tuple[str, bool]:
    total = sum(commits.values())
    if not commits:
        return "nobody but tools has committed to it", True
    if len(commits) == 1:
        return "one person knows it", True
    spread = 1 - sum((number / total) ** 2 for number in commits.values())
    return f"spread over {len(commits)} people", spread > SCALE["friction"]["many_heads"]
