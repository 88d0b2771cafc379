"""The order of commits: told for what is new alone, it is the same as told for all."""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.git.repository import Repository, opened
from intake.provenance.order import Order, order_after, order_of_all
from tests.intake.repositories import git

DAY = 86_400


def order_of(repository: Repository, head: str) -> Order:
    with order_of_all(repository, head) as order:
        return order()


def grown(repository: Repository, before: str, head: str) -> Order | None:
    """What is known up to one commit, with what came later put ahead of it."""
    known = order_of(repository, before)
    later = order_after(repository, head, before, frozenset(known.shas))
    if later is None:
        return None
    return Order(later.shas + known.shas, later.straight | known.straight)


def commits(path: Path, parents: Sequence[Sequence[int]], days: Sequence[int]) -> list[str]:
    """A repository of empty commits, each of earlier ones, that landed on a day."""
    git(path.parent, "init", "-q", "--bare", str(path))
    stream = [
        f"commit refs/heads/c{number}\nmark :{number + 1}\n"
        f"committer A <a@example.test> {1_700_000_000 + day * DAY} +0000\ndata 0\n"
        + "".join(f"{'merge' if nth else 'from'} :{of + 1}\n" for nth, of in enumerate(some))
        for number, (some, day) in enumerate(zip(parents, days, strict=True))
    ]
    git(path, "fast-import", "--quiet", stdin="\n".join([*stream, ""]).encode())
    return [git(path, "rev-parse", f"c{number}") for number in range(len(parents))]


def made_up(seed: int, size: int) -> tuple[list[list[int]], list[int]]:
    """Branches and merges as they come, under clocks of which some are wrong."""
    chance = random.Random(seed)
    parents: list[list[int]] = [[]] + [
        sorted({chance.randrange(max(0, n - 4), n) for _ in range(chance.choice((1, 1, 2)))})
        for n in range(1, size)
    ]
    wrong = chance.choice((0, 0, 3))
    for some in parents:
        chance.shuffle(some)
    return parents, [n + chance.randint(-wrong, wrong) for n in range(size)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1 << 32), size=st.integers(2, 14))
def test_whatever_was_merged_under_whichever_clocks(seed: int, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some.git"
        ids = commits(path, *made_up(seed, size))
        with opened(path) as repository:
            whole = order_of(repository, ids[-1])
            for before in ids[:-1]:
                if git(path, "merge-base", before, ids[-1]) == before:
                    assert grown(repository, before, ids[-1]) in (None, whole)


def test_what_lands_as_time_goes_needs_no_second_look_at_what_came_before(tmp_path: Path) -> None:
    branched = [[], [0], [1], [1], [2, 3], [4]]
    ids = commits(tmp_path / "some.git", branched, range(6))
    with opened(tmp_path / "some.git") as repository:
        assert grown(repository, ids[1], ids[5]) == order_of(repository, ids[5])
        assert grown(repository, ids[2], ids[5]) is not None


def test_a_main_line_that_was_merged_into_another_branch_is_told_anew(tmp_path: Path) -> None:
    ids = commits(tmp_path / "some.git", [[], [0], [0], [2, 1]], range(4))
    with opened(tmp_path / "some.git") as repository:
        assert grown(repository, ids[1], ids[3]) is None


def test_a_clock_that_was_wrong_has_all_told_anew(tmp_path: Path) -> None:
    ids = commits(tmp_path / "some.git", [[], [0], [1]], (0, 9, 5))
    with opened(tmp_path / "some.git") as repository:
        assert grown(repository, ids[1], ids[2]) is None
