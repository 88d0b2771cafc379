"""Whether anything is left of an artifact's paths."""

import pytest

from intake.git.presence import tracked

FILES = tracked(["README.md", "lib/backoff.py", "services/retry/worker.py", "services/retry2/x.py"])


@pytest.mark.parametrize(
    ("paths", "stands"),
    [
        (["services/retry/**"], True),
        (["services/retry"], True),
        (["services/retry/"], True),
        (["services/ret"], False),
        (["services/old/**"], False),
        (["lib/backoff.py"], True),
        (["lib/backoff.pyc"], False),
        (["lib/*.py"], True),
        (["**/*.tf"], True),
        (["zzz"], False),
        (["services/old/**", "lib/backoff.py"], True),
        ([], False),
    ],
)
def test_a_path_stands_while_a_file_of_it_is_tracked(paths: list[str], stands: bool) -> None:
    assert FILES.stands(paths) is stands


def test_nothing_stands_in_an_empty_tree() -> None:
    assert not tracked([]).stands(["README.md", "src/**", "**"])
