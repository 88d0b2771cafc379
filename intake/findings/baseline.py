"""What people's code of the same repository does, beside what tools wrote (R21, R22).

A figure about AI code alone accuses or praises without saying anything: how often files change, how
often commits are taken back and how much still stands depends on the repository more than on who
wrote it. Nothing is assumed; the ages are told too, because young files change more.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, NamedTuple

from intake.findings.ratings import DAYS_A_MONTH
from intake.provenance.history import FileHistory, History
from intake.text.shown import counted

DAY = 86_400
YEAR = 365 * DAY
FEW = 20


@dataclass(frozen=True, slots=True)
class Population:
    """Files and commits of one kind of author; None where there is nothing to tell it by.

    `changes_a_month` are a file's commits but for its first one, over at most twelve months;
    `reverted` and `unreviewed` are shares of commits: those that were taken back, and those that
    came by no merge and tell of no review. `standing` is a share of all lines ever added, to files
    that are gone, too.
    """

    files: int = 0
    commits: int = 0
    changes_a_month: float | None = None
    reverted: float | None = None
    standing: float | None = None
    median_age_days: int | None = None
    unreviewed: float | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """Both populations of one repository. Mixed files are in neither."""

    tools: Population = field(default_factory=Population)
    people: Population = field(default_factory=Population)

    @property
    def words(self) -> str | None:
        """“AI-written files change 2.1 times a month, people's 1.4; …”; None without any."""
        if not self.tools.files:
            return None
        if not self.people.files:
            return "There is no code by people alone to compare with."
        sentence = "; ".join(self._sentences())
        return f"{sentence}{self._caution()}."

    def beside(self, changes_a_month: float | None) -> str:
        """“2.1 a file, people's 1.4”, how often the files of one artifact change; of one that is
        too young for that, only people's.
        """
        usual = self.people.changes_a_month
        if usual is None:
            return ""
        few = f" in {counted(self.people.files, 'file')}" if self.people.files < FEW else ""
        if changes_a_month is None:
            return f"people's {_often(usual)} a file{few}"
        return f"{_often(changes_a_month)} a file, people's {_often(usual)}{few}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def _sentences(self) -> Iterator[str]:
        tools, people = self.tools, self.people
        if tools.changes_a_month is not None and people.changes_a_month is not None:
            often, usual = _often(tools.changes_a_month), _often(people.changes_a_month)
            yield f"AI-written files change {often} times a month, people's {usual}"
        if tools.reverted or people.reverted:
            yield f"reverted {_share(tools.reverted)} against {_share(people.reverted)}"
        if tools.unreviewed is not None and people.unreviewed is not None:
            unseen = f"{_share(tools.unreviewed)} against {_share(people.unreviewed)}"
            yield f"landed without a sign of a review {unseen}"
        standing = f"{_share(tools.standing)} against {_share(people.standing)}"
        yield f"of added lines {standing} still stand"
        yield f"half are younger than {_age(tools)} against {_age(people)}"

    def _caution(self) -> str:
        if min(self.tools.files, self.people.files) >= FEW:
            return ""
        files = f"{counted(self.tools.files, 'file')} against {self.people.files:,}"
        return f" ({files}: too few to tell)"


class Written(NamedTuple):
    """What one kind of author wrote: files that stand, each with its lines, and how many lines were
    added to those that are gone.
    """

    files: Sequence[tuple[FileHistory, int]]
    gone: int = 0


def baseline_of(tools: Written, people: Written, history: History, as_of: float) -> Baseline:
    """Files are told apart by whose they mostly are, commits by their evidence."""
    own = history.own - history.reverting
    by_people = {commit for commit in own if history.author[commit] not in history.not_people}
    by_tools = history.by_tools - history.reverting
    return Baseline(
        _population(tools, by_tools, history, as_of),
        _population(people, by_people, history, as_of),
    )


def changes_a_month(files: Iterable[FileHistory], history: History, as_of: float) -> float | None:
    """How often one file changes, over twelve months up to then; None below a month in all."""
    changes, seconds, landed = 0, 0.0, history.landed
    for file in files:
        created = landed[file.first]
        since = max(as_of - YEAR, created)
        changes += len([commit for commit in file.commits if landed[commit] >= since])
        changes -= created >= since
        seconds += max(0.0, as_of - since)
    months = seconds / DAY / DAYS_A_MONTH
    return changes / months if months >= 1 else None


def _population(
    written: Written, commits: Collection[int], history: History, as_of: float
) -> Population:
    if not written.files:
        return Population(commits=len(commits))
    files = [file for file, _ in written.files]
    added = sum(file.added for file in files) + written.gone
    standing = sum(min(lines, file.added) for file, lines in written.files)
    ages = [max(0.0, as_of - history.landed[file.first]) / DAY for file in files]
    unreviewed = _part(history.unreviewed, commits) if history.shows_reviews else None
    return Population(
        files=len(files),
        commits=len(commits),
        changes_a_month=changes_a_month(files, history, as_of),
        reverted=_part(history.undone, commits),
        standing=standing / added if added else None,
        median_age_days=int(median(ages)),
        unreviewed=unreviewed,
    )


def _part(some: set[int], commits: Collection[int]) -> float | None:
    return len(some.intersection(commits)) / len(commits) if commits else None


def _often(times: float) -> str:
    """“2.1”, “0.04”: what happens seldom is not never."""
    return f"{times:.2f}" if 0.005 <= times < 0.095 else f"{times:.1f}"


def _share(part: float | None) -> str:
    if part is None:
        return "none"
    return f"{part:.1%}" if 0 < part < 0.01 else f"{part:.0%}"


def _age(population: Population) -> str:
    days = population.median_age_days or 0
    months = round(days / DAYS_A_MONTH)
    return counted(months, "month") if months else counted(max(1, days), "day")
