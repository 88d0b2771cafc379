"""The size of code: lines without comments, and branches."""

import re
from collections.abc import Iterator

FORKS = frozenset(
    b"if elif for foreach while case catch except when unless until rescue match".split()
)
# Written small and large alike.
EITHER_CASE = frozenset("sql vb pas bat cmd ps1 psm1 f90".split())
# Between these stands what is no code, by languages.
ASIDE = {
    **dict.fromkeys("py pyi".split(), ((b'"""', b'"""'), (b"'''", b"'''"))),
    **dict.fromkeys(
        "c cc cpp cs cu cxx dart go groovy h hh hpp hxx java js jsx kt kts less m mm mts php rs "
        "scala scss sql sol swift ts tsx".split(),
        ((b"/*", b"*/"),),
    ),
}
COMPONENTS = frozenset({"vue", "svelte", "astro"})
# Pages are texts, but for what stands between these.
PAGES = frozenset("erb haml htm html j2 jinja liquid twig".split())
IN_PAGES = ((b"<script", b"</script"), (b"{%", b"%}"), (b"<%", b"%>"))
# A byte that is in no word becomes a space: splitting then takes half the time of a search.
WORDS = bytes(byte if re.match(rb"\w", bytes([byte])) else 32 for byte in range(256))


def code_lines(content: bytes) -> int:
    """Lines that are not blank."""
    return len(content.translate(None, b" \t\v\f").split())  # what is left apart are lines


def branches(path: str, content: bytes) -> int:
    """Words and signs that fork the flow, in most languages; a proxy for complexity. Comments and
    pages are full of them in passing, and of what a Dockerfile chains nothing forks.
    """
    name = path.rpartition("/")[2].lower()
    suffix = name.rpartition(".")[2]
    if suffix in PAGES:
        content = b" ".join(part for signs in IN_PAGES for part in _between(content, *signs))
    for opening, closing in ASIDE.get(suffix, ()):
        content = outside(content, opening, closing)
    if suffix in COMPONENTS:
        content = content.replace(b" for=", b" ")  # of a label
    if suffix in EITHER_CASE:
        content = content.lower()
    if "dockerfile" in name or name == "containerfile":
        content = content.replace(b"&&", b" ")
    return _forks(content)


def _between(content: bytes, opening: bytes, closing: bytes) -> Iterator[bytes]:
    return (part.partition(closing)[0] for part in content.split(opening)[1:])


def outside(content: bytes, opening: bytes, closing: bytes) -> bytes:
    """Without what stands between the signs; what nothing closes stays."""
    if opening not in content:
        return content
    if opening == closing:
        return b" ".join(content.split(opening)[::2])
    first, *rest = content.split(opening)
    cut = (part.partition(closing) for part in rest)
    return b" ".join([first, *(after if closed else inside for inside, closed, after in cut)])


def _forks(content: bytes) -> int:
    words = len([*filter(FORKS.__contains__, content.translate(WORDS).split())])
    both = content.count(b"&&") if b"&" in content else 0
    either = content.count(b"||") if b"|" in content else 0
    return words + both + either
