"""One reading of a repository at its head: what the last one kept is taken from there, the rest is
asked of git, and all of it is kept for the next.
"""

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from intake.git.repository import Repository
from intake.git.tree import Blob, listed
from intake.provenance.history import EVER, History, history_in, shallow_commits
from intake.provenance.log import Log, LogQuery, Progress, Read, asked, read_log, whole
from intake.provenance.markers import Markers
from intake.provenance.notes import Notes, notes_of
from intake.provenance.squashes import lenders_of
from intake.reading.cache import Cache
from intake.reading.cache_format import CachedHistory
from intake.reading.file_measures import Contents
from intake.reading.mentions import Mentions, brought_forward

ANEW = (
    "The newest commit of the last scan is not in this history: it was rewritten, or HEAD is on "
    "another branch. All of it was read anew."
)


class Reading:
    """Made by `reading`. `files` are all there are, their `contents` read as they are asked for;
    what was read of commits stands in `history`, of notes in `noted`. Commits before the day
    `since` do not count.
    """

    def __init__(
        self,
        repository: Repository,
        cache: Cache,
        asked: LogQuery,
        markers: Markers,
        *,
        files: Mapping[bytes, Blob],
        mentions: Future[Mentions],
        since: date | None,
    ) -> None:
        self.repository, self.head, self.since = repository, asked.head, since
        self.files, self._mentions, self._markers = files, mentions, markers
        self._cache, self._kept, self._asked = cache, cache.before, asked
        self._read = Read(Log(), 0)
        self._log = self._read.log
        self.shallow = shallow_commits(repository)
        self.contents = Contents(repository, markers, self._kept.contents)
        self.noted = Notes()

    def commits(self, progress: Progress | None = None) -> None:
        """Takes what git was asked for."""
        self._read = read_log(self.repository, self._asked, self._markers, progress)

    def history(self, wanted: Collection[bytes]) -> History:
        """What the commits that count did to the wanted paths. Raises UnreadableRepository."""
        log = self._log = whole(self.repository, self._read)
        made = {log.shas[row]: made for row, made in log.made.items()}
        lenders = lenders_of(self.repository, log.head, made)
        self.noted = notes_of(
            self.repository, reversed(log.shas), self._markers, self._kept.notes, lenders
        )
        landed = _begins(self.since) if self.since else EVER
        notes = self.noted.of
        return history_in(log, wanted, shallow=self.shallow, notes=notes, since=landed)

    def mentions(self) -> Mentions:
        """Mentions of the names that the last scan searched for. Raises UnreadableRepository."""
        return self._mentions.result()

    def done(self, mentions: Mentions) -> Iterator[str]:
        """Keeps what was read; says what came of what was kept before."""
        if self._cache.lost:
            yield ANEW
        kept = CachedHistory(self._log, self.contents.measured, self.noted.read, mentions)
        unkept = self._cache.keep(kept)
        if unkept:
            yield unkept


@contextmanager
def reading(
    repository: Repository,
    head: str,
    markers: Markers,
    directory: Path | None,
    since: date | None = None,
) -> Iterator[Reading]:
    """Git looks for commits within, so that other things can be asked before they are taken; and
    for names in what changed since the last scan.
    """
    cache = Cache(directory, repository, markers, head)
    with (
        ThreadPoolExecutor(1, "names") as aside,
        listed(repository, head) as listing,
        asked(repository, head, cache.before.log) as coming,
    ):
        files, known = listing(), cache.before.mentions
        names = aside.submit(brought_forward, repository, head, files, known)
        yield Reading(repository, cache, coming, markers, files=files, mentions=names, since=since)


def _begins(day: date) -> int:
    """When a day begins in UTC, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
