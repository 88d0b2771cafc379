"""Ratings estimated from the repository, each from 1 to 5 with its reason in words.

The cut points are the policy's, in its scale. Each estimate also says what a little less and a
little more would have been rated, so that the register moves only past a cut that is clearly
passed. A person's rating always wins over these; that is the register's business.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from debt.artifact.proxy import ProxyRating
from debt.policy.scans import RiskScale, Scale
from intake.languages.kinds import Kind
from intake.text.globs import matches
from intake.text.shown import counted

DAYS_A_MONTH = 365.25 / 12
STYLES = (".css", ".scss", ".sass", ".less")
NOTHING: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True)
class Committers:
    """Who committed to an artifact: people only, e-mail → commits.

    `silent_days` is how long the owner in CODEOWNERS, or where nobody there is known the most
    active of them, has committed nothing anywhere in the repository; None when there is no such
    person.
    """

    commits: Mapping[str, int]
    silent_days: int | None
    of_owner: bool = False

    @property
    def silent(self) -> str:
        who = "its owner in CODEOWNERS" if self.of_owner else "its most active person"
        return f"{who} silent for {self.silent_days or 0:,} days"


class CommitActivity(NamedTuple):
    """Commits of some time, and on how many days they landed."""

    commits: int
    days: int


def frequency(
    scale: Scale, *, in_90_days: CommitActivity, in_a_year: CommitActivity, age_days: float
) -> ProxyRating:
    """Commits a month over twelve months, or over its age if that is less, but at least a month.

    It is at most one more than days would be rated that way, so that the many commits of one
    afternoon are no “most days”. Where people commit, that bounds nothing.
    """
    months = min(12.0, max(1.0, age_days / DAYS_A_MONTH))
    monthly, days = in_a_year.commits / months, in_a_year.days / months
    cuts = scale.frequency.cuts
    near = zip(_around(monthly, scale), _around(days, scale), strict=True)
    values = (
        min(1 + bisect_left(cuts, commits), 2 + bisect_left(cuts, active_days))
        for commits, active_days in near
    )
    raw = {"commits_a_month": monthly, "days_a_month": days}
    return _rated(values, f"{_lately(in_90_days)}, {monthly:.1f} a month", raw, scale)


def _lately(activity: CommitActivity) -> str:
    if not activity.commits:
        return "no commit in 90 days"
    return f"{counted(activity.commits, 'commit')} on {activity.days} of 90 days"


def complexity(
    scale: Scale, *, lines: int, branches: int, kind: Kind, untested: bool
) -> ProxyRating:
    """The mean of size and branching, halves up; code that no test names is one harder."""
    untested = untested and kind not in {"test_suite", "iac_config"}
    near = zip(_around(lines, scale), _around(branches, scale), strict=True)
    values = (_complexity(scale, *sizes, untested=untested) for sizes in near)
    reason = f"{counted(lines, 'line')}, {counted(branches, 'branch', 'branches')}"
    reason = f"{reason}; no test names it" if untested else reason
    return _rated(values, reason, {"lines": lines, "branches": branches}, scale)


def _complexity(scale: Scale, lines: float, branches: float, *, untested: bool) -> int:
    cuts = scale.complexity
    ratings = bisect_left(cuts.lines, lines) + bisect_left(cuts.branches, branches) + 2
    return (ratings + 1) // 2 + (cuts.untested if untested else 0)


def risk(
    scale: Scale,
    *,
    kind: Kind,
    lines_of: Mapping[str, int],
    dependants: int,
    reverts: int,
    incidents: int = 0,
) -> ProxyRating:
    """The kind's base, raised by critical paths, by what leans on it and by what went wrong: was
    taken back, or had a part in an incident.
    """
    rules = scale.risk
    topic, share = (None, 0.0) if kind == "test_suite" else _critical_topic(lines_of, rules)
    reasons = [kind.replace("_", " ").replace("iac", "IaC")]
    if topic and share >= rules.critical_share:
        reasons.append(str(topic))
    if dependants:
        reasons.append(f"imported by {counted(dependants, 'other file')}")
    if reverts:
        reasons.append(f"{counted(reverts, 'revert')} in a year")
    if incidents:
        reasons.append(f"{counted(incidents, 'incident')} in a year")
    base: int = getattr(rules.base, kind)
    near = zip(_around(share, scale), _around(dependants, scale), strict=True)
    wrong = _step(rules.reverts, reverts + incidents)
    values = (_risk(rules, base, *pair) + wrong for pair in near)
    raw = {
        "critical_share": share,
        "dependants": dependants,
        "reverts": reverts,
        "incidents": incidents,
    }
    return _rated(values, ", ".join(reasons), raw, scale)


def _risk(rules: RiskScale, base: int, critical: float, dependants: float) -> int:
    is_critical = critical and critical >= rules.critical_share
    least = max(base, rules.critical) if is_critical else base
    return least + _step(rules.dependants, dependants)


def friction(
    scale: Scale,
    *,
    owned: bool,
    catch_all: bool,
    people: Committers,
    explained: Mapping[str, bool] = NOTHING,
) -> ProxyRating:
    """How hard it is to find somebody: no owner, a silent one, one head or very many. It is easier
    where it is `explained` by something beside it: “a document”, “tests”; but while anything makes
    it hard it is 2 at least.
    """
    rules, spread = scale.friction, _spread(people.commits)
    silent = people.silent_days or 0
    sure = [
        (rules.no_owner, "no owner in CODEOWNERS", not owned),
        (rules.only_catch_all, "only the catch-all owner", owned and catch_all),
        (rules.silent, people.silent, silent > rules.silent_days),
        (rules.narrow, *_one_head(people.commits)),
    ]
    many = f"spread over {len(people.commits)} people", spread > rules.many_heads
    reasons = [reason for _, reason, true in (*sure, (0, *many)) if true]
    beside = [what for what, true in explained.items() if true]
    least = 1 + sum(weight for weight, _, true in sure if true)
    near = (number > rules.many_heads for number in _around(spread, scale))
    hard = (least + (rules.narrow if very_many else 0) for very_many in near)
    less = rules.explained if beside else 0
    values = (max(min(rating, 2), rating - less) for rating in hard)
    raw = {"people": len(people.commits), "silent_days": silent, "spread": spread}
    words = reasons or ["owned, active, known to several people"]
    reason = ", ".join([*words, f"{' and '.join(beside)} beside it"] if beside else words)
    return _rated(values, reason, raw, scale)


def _one_head(commits: Mapping[str, int]) -> tuple[str, bool]:
    reason = "one person knows it" if commits else "nobody but tools has committed to it"
    return reason, len(commits) < 2


def _spread(commits: Mapping[str, int]) -> float:
    """1 - the sum of squared shares: 0 for one head, towards 1 for many."""
    total = sum(commits.values())
    return 1 - sum((number / total) ** 2 for number in commits.values()) if total else 0.0


def _around(value: float, scale: Scale) -> tuple[float, float, float]:
    """The value less and plus the hysteresis, and itself between: low, value, high."""
    return value / (1 + scale.hysteresis), value, value / (1 - scale.hysteresis)


def _rated(
    values: Iterable[int], reason: str, raw: Mapping[str, float], scale: Scale
) -> ProxyRating:
    low, value, high = (max(1, min(5, value)) for value in values)
    measured = {name: round(number, 3) for name, number in raw.items()}
    return ProxyRating(value, reason, measured, scale.version, low, high)


class Topic(NamedTuple):
    """What a path deals with, and the word or glob in the policy that says so."""

    name: str
    word: str

    def __str__(self) -> str:
        return f"{self.name} path (“{self.word}”)"


def critical_topic(path: str, rules: RiskScale) -> Topic | None:
    """What a path's words say it deals with, where a failure is expensive; of a style sheet, its
    looks.
    """
    if path.lower().endswith(STYLES):
        return None
    words = frozenset(re.split(r"[^a-z0-9]+", path.lower()))
    words_by_topic = (
        (topic, _named(entries, path, words)) for topic, entries in rules.paths.items()
    )
    return next((Topic(topic, word) for topic, word in words_by_topic if word), None)


def _named(entries: tuple[str, ...], path: str, words: frozenset[str]) -> str | None:
    plain, globs = _sorted_out(entries)
    by_word = min(plain & words, default=None)
    return by_word or next((glob for glob in globs if matches(glob, path)), None)


@lru_cache(maxsize=1_024)
def _sorted_out(entries: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Words, in lower case, and globs of paths."""
    globs = [entry for entry in entries if re.search(r"[/*?]", entry)]
    words = frozenset(entry.lower() for entry in entries if entry not in globs)
    return words, tuple(f"{glob}**" if glob.endswith("/") else glob for glob in globs)


def _critical_topic(lines_of: Mapping[str, int], rules: RiskScale) -> tuple[Topic | None, float]:
    """The topic with most lines, in the word that most of them have, and its share of all."""
    topics: Counter[str] = Counter()
    words: Counter[Topic] = Counter()
    for path, lines in lines_of.items():
        if topic := critical_topic(path, rules):
            topics[topic.name] += lines
            words[topic] += lines
    if not topics:
        return None, 0.0
    name, lines = topics.most_common(1)[0]
    most_named = next(topic for topic, _ in words.most_common() if topic.name == name)
    return most_named, lines / max(1, sum(lines_of.values()))


def _step(steps: Sequence[tuple[int, int]], number: float) -> int:
    return next((added for least, added in steps if number >= least), 0)
