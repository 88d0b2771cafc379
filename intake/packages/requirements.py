"""Python requirements as PEP 508 writes them, in requirements*.txt and in pyproject.toml."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier
from packaging.version import InvalidVersion, Version

from intake.packages.versions import FIRM_URL, LONGEST_LINE, NAME, VERSION, Dependency, unknown
from intake.text.shown import shown

MOST_REQUIREMENTS = 2_000

_ONE = Version("1")
# What a requirement ends before: a comment, an option of pip, the sign for a longer line, a marker.
_END = re.compile(r"(?:^|\s)#|\s--|\s\\|;")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?=\s*(?:[\[(<>=!~@]|$))", re.A)
_UPPER_ENDS = frozenset({"==", "===", "~=", "<", "<="})
_ORDER = ("===", "==", "~=", ">=", ">", "<=", "<", "!=")


def requirements_in(
    lines: Iterable[str], *, open_ended_is_pinned: bool = False
) -> Iterator[Dependency]:
    """What each line asks for, in order, from the first MOST_REQUIREMENTS lines that may be a
    requirement. A library leaves its upper end open on purpose: its `>=1` counts as pinned.
    """
    texts = (_END.split(line.strip()[:LONGEST_LINE], maxsplit=1)[0].strip() for line in lines)
    some = (text for text in texts if text and text[0] != "-")
    for text in islice(some, MOST_REQUIREMENTS):
        if dependency := _requirement(text, open_ended_is_pinned=open_ended_is_pinned):
            yield dependency


@lru_cache(maxsize=4096)
def _requirement(text: str, *, open_ended_is_pinned: bool) -> Dependency | None:
    """`name[extra] >=1,<2` or `name @ URL`. Of what PEP 508 does not allow only the name is known;
    None where there is none, as in a path.
    """
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        name = _NAME.match(text)
        return unknown(name[0]) if name else None
    name_shown = shown(requirement.name, NAME)
    if requirement.url:
        return Dependency(name_shown, "", pinned=bool(FIRM_URL.search(requirement.url)))
    clauses = sorted(requirement.specifier, key=_lower_ends_first)
    ends = any(clause.operator in _UPPER_ENDS for clause in clauses)
    return Dependency(
        name_shown,
        shown(",".join(map(str, clauses)), VERSION),
        early=any(map(_is_below_one, clauses)),
        pinned=ends or (bool(clauses) and open_ended_is_pinned),
    )


def _lower_ends_first(clause: Specifier) -> tuple[int, str]:
    """The order in which clauses are shown, whatever order they were written in."""
    return _ORDER.index(clause.operator), clause.version


def _is_below_one(clause: Specifier) -> bool:
    """Whether every version that the clause allows is below 1.0."""
    try:
        version = Version(clause.version.removesuffix(".*"))
    except InvalidVersion:  # `===` takes any text
        return False
    if clause.operator == "~=":
        return (version.epoch, version.major) == (0, 0)
    if clause.operator == "<":
        return version <= _ONE
    return clause.operator in {"==", "===", "<="} and version < _ONE
