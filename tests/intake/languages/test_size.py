"""What code says of itself, and what refers to what."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.languages.size import branches, code_lines


def test_blank_lines_do_not_count() -> None:
    assert code_lines(b"a\n\n  \n\tb\r\n\r\nc") == 3


def test_branches_are_words_and_signs_that_fork() -> None:
    flow = b"if a and b:\n  for x in y: pass\nelif c || d && e:\n  gift = iffy\n"
    assert branches("a.py", flow) == 5


@pytest.mark.parametrize(
    ("path", "content", "count"),
    [
        ("a.py", b'"""If it waits for one, while that is the case."""\nif x: y\n', 1),
        ("a.vue", b"<label for='a'><p v-for='x in y' v-if='x'></p>", 2),
        ("a.ts", b"/**\n * Use this if you wait for it.\n */\nif (x && y) {}\n", 2),
        ("a.ts", b"const every = 'src/*';\nif (x) {}\n", 1),
        ("a.sql", b"SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END /* if any */ FROM t", 2),
        ("a.html", b"<p>If you wait for it</p><label for='x'><script>if (a) b()</script>", 1),
        ("a.html", b"{% for x in y %}<p>while</p>{% endfor %}", 1),
        ("Dockerfile", b"RUN a && b && c\nRUN for x in y; do z; done\n", 1),
        ("run.sh", b"rm -rf build/*\nif a; then b && c; fi\n", 2),
    ],
)
def test_what_forks_in_passing_is_no_branch(path: str, content: bytes, count: int) -> None:
    assert branches(path, content) == count


WRITTEN = st.lists(
    st.sampled_from(
        "if iffy _if elif for match case && || &&& | \r\n \n \r \t \f \v ( x.y é".split(" ")
    )
).map(lambda words: " ".join(words).encode())


@given(WRITTEN | st.binary(max_size=60))
def test_counts_are_those_of_the_words_and_lines_themselves(content: bytes) -> None:
    forks = rb"\b(?:if|elif|for|match|case)\b|&&|\|\|"
    assert branches("run.sh", content) == len(re.findall(forks, content))
    assert code_lines(content) == sum(bool(line.strip()) for line in content.splitlines())
