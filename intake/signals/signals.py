"""Leading indicators and drift of each artifact (R22), read off what a scan has read anyway.

Windows of time end with the newest commit, so that nothing changes while nobody commits.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from debt.artifact.signals import Sign, Signal
from intake.findings.baseline import FEW
from intake.findings.candidates import DAY, Candidate, RepositoryFacts
from intake.git.repository import Repository
from intake.git.tree import Blob
from intake.reading.mentions import Mentions, mentions_of
from intake.signals.dependencies import dependence_of, shifted, unstable
from intake.signals.duplicates import duplicate, duplicates_of
from intake.signals.unused import doubtful, names_ahead, names_in, unused

STEPS = (5, 10, 20, 50)
NOTEWORTHY = 0.5
SERVING = frozenset({"production_integration", "prototype_service"})


@dataclass(frozen=True)
class SignalsFound:
    """Signals by the identity of their candidate, and what was asked to find them."""

    signals: Mapping[str, tuple[Signal, ...]]
    mentions: Mentions


def signals_of(
    repository: Repository,
    head: str,
    candidates: Sequence[Candidate],
    written: Collection[str],
    facts: RepositoryFacts,
    *,
    files: Mapping[bytes, Blob],
    known: Mentions,
) -> SignalsFound:
    """What is to be watched of each candidate. `written` are the files of tools, `files` all there
    are at `head`; `known` is what was asked the last time.
    """
    leaning = dependence_of(repository, candidates, facts, files)
    asked = frozenset(doubtful(candidates))
    names, ahead = names_in(asked), names_ahead(candidates)
    mentions = mentions_of(repository, head, names, ahead=ahead, files=files, known=known)
    kept = duplicates_of((candidate.group for candidate in candidates), written, facts)

    def signals(candidate: Candidate) -> Iterator[Signal | None]:
        yield duplicate(candidate.group, kept)
        yield unused(candidate, asked, mentions)
        yield from _of_history(candidate)
        yield unstable(candidate, leaning)
        yield shifted(candidate, leaning)

    by_identity = {
        candidate.identity: tuple(filter(None, signals(candidate))) for candidate in candidates
    }
    return SignalsFound(by_identity, mentions)


def _of_history(candidate: Candidate) -> Iterator[Signal | None]:
    yield owner_gone(candidate)
    yield regenerated(candidate)
    yield churn(candidate)
    yield untested(candidate)


def untested(candidate: Candidate) -> Signal | None:
    if candidate.group.kind not in SERVING or not candidate.untested:
        return None
    return Signal(Sign.UNTESTED, "no test names it")


def churn(candidate: Candidate) -> Signal | None:
    """Its files change far more often than people's in the same repository, and often at all."""
    facts, often = candidate.facts, candidate.changes_a_month or 0
    usual, policy = facts.baseline.people, facts.rules.signals
    if usual.files < FEW or not usual.changes_a_month or often < NOTEWORTHY:
        return None
    times = often / usual.changes_a_month
    if times < policy.churn * (1 - facts.rules.scale.hysteresis):
        return None
    rounded = max((step for step in STEPS if policy.churn < step <= times), default=policy.churn)
    words = f"changed {rounded:g}× as often as people's code here"
    return Signal(Sign.CHURN, words, firm=times >= policy.churn)


def regenerated(candidate: Candidate) -> Signal | None:
    """Tools wrote at least half of one of its files anew, again and again; its first version is
    none of these times.
    """
    policy = candidate.facts.rules.signals
    often = policy.regenerations
    often_written = (
        path for path, file in candidate.files.items() if len(file.attributed) >= often
    )
    if max((_rewrites(path, candidate) for path in often_written), default=0) < often:
        return None
    days = policy.regeneration_days
    return Signal(Sign.REGENERATED, f"rewritten by tools {often} times or more in {days} days")


def owner_gone(candidate: Candidate) -> Signal | None:
    """Its owner in CODEOWNERS, as far as we know them, or else whoever worked on it most."""
    facts, people = candidate.facts, candidate.people
    owners = candidate.known_owners
    days = facts.rules.signals.silent_days
    silent = {author for author in {*people, *owners} if _is_silent(author, facts, days)}
    if owners:
        who = "its owner in CODEOWNERS" if silent.issuperset(owners) else None
    elif people and silent.issuperset(people):
        who = "everybody who worked on it"
    else:
        most = people.most_common(1)
        who = "its most active person" if most and most[0][0] in silent else None
    return Signal(Sign.OWNER, f"{who} silent for more than {days} days") if who else None


def _rewrites(path: str, candidate: Candidate) -> int:
    facts, file = candidate.facts, candidate.files[path]
    history = facts.history
    since = facts.as_of - facts.rules.signals.regeneration_days * DAY
    return sum(
        written.commit != file.first
        and history.landed[written.commit] >= since
        and 2 * written.ai_lines >= facts.files[path].lines
        for written in file.attributed
    )


def _is_silent(author: int, facts: RepositoryFacts, days: int) -> bool:
    return facts.as_of - facts.last_seen[author] > days * DAY
