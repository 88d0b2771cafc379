"""Versions as Maven and Gradle write them, and whether they are pinned.

Maven takes the one that the build names, unless it is a range, a snapshot or one of the words
LATEST and RELEASE (maven.apache.org/pom.html, “Dependency Version Requirement Specification”).
Gradle reads the same ranges, brackets turned around where they exclude (`]1,2[`), and besides
`1.+`, `latest.release` and `1.2!!` (docs.gradle.org/current/userguide/dependency_versions.html).
"""

import re
from collections.abc import Iterable

from intake.packages.versions import NAME, VERSION, Dependency, is_early, unknown
from intake.text.shown import shown

LONGEST = 100
# `[1.0]`, `[1.0,2.0)`, `(,1.0]`, `]1.0,2.0[`; several of them are alternatives.
SPAN = re.compile(r"[\[\](]([^,\[\]()]*)(,?)([^,\[\]()]*)([\])\[])")
SPANS = re.compile(rf"{SPAN.pattern}(?:\s*,\s*{SPAN.pattern})*")
EXACT = re.compile(r"\d[\w.+-]*")
MOVING = frozenset({"LATEST", "RELEASE", "+"})

Span = tuple[str, str, str, str]


def coordinate(group: str, artifact: str, version: str | None) -> Dependency:
    """A package by `group:artifact`, in a version as the build has it; None where it does not say.

    A range or `1.+` that ends by itself is pinned like `^1` elsewhere.
    """
    name = shown(f"{group}:{artifact}", NAME)
    text = (version or "").partition("!!")[0].strip()
    if text.upper() in MOVING or text.startswith("latest.") or _is_snapshot(text):
        return Dependency(name, shown(text, VERSION), pinned=False)
    if len(text) <= LONGEST and SPANS.fullmatch(text):
        return _within(name, text, SPAN.findall(text))
    if len(text) <= LONGEST and EXACT.fullmatch(text):
        return Dependency(name, shown(text, VERSION), is_early(("==", text)))
    return unknown(name)


def _is_snapshot(version: str) -> bool:
    """`1.2-SNAPSHOT` is whatever was built last."""
    return version.upper().endswith("SNAPSHOT")


def _within(name: str, text: str, spans: Iterable[Span]) -> Dependency:
    uppers = [_upper(span) for span in spans]
    early = all(version[:1].isdigit() and is_early((sign, version)) for sign, version in uppers)
    pinned = all(version for _, version in uppers)
    return Dependency(name, shown(text, VERSION), early, pinned)


def _upper(span: Span) -> tuple[str, str]:
    first, comma, last, closing = span
    if not comma:
        return "==", first.strip()
    return "<=" if closing == "]" else "<", last.strip()
