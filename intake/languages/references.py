"""Which file refers to which, by the names in their imports.

Resolved by the end of a path: enough to rank what much else leans on, not a compiler's answer. A
reference that could mean several files counts for none.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from intake.languages.imports import (
    FROM_ROOT,
    INDEXES,
    OF_ONE_WORD,
    OF_PYTHON,
    Imports,
    Parts,
    Reference,
    language_of,
)

ROOTS = frozenset({"src", "lib", "app", "python", "source"})
NOTHING: Mapping[str, Iterable[Reference]] = MappingProxyType({})
LONGEST = 16
"""So many parts of a name are compared, from its end."""


class References:
    """Which of some `paths` refer to those that are `asked` about; `named` is what the import lines
    of each name. A name leads only to what ends as it does, so the rest is not looked at.
    """

    def __init__(
        self,
        paths: Iterable[str] = (),
        named: Mapping[str, Iterable[Reference]] = NOTHING,
        asked: Iterable[str] = (),
    ) -> None:
        self._files: dict[Parts, list[str]] = defaultdict(list)
        self._known: dict[tuple[Parts, bool], list[str]] = {}
        self._noted: dict[str, list[tuple[str, Reference]]] = defaultdict(list)
        self._into: dict[str, set[str]] = defaultdict(set)
        ends = {parts[-1:] for path in asked for parts in _answers_to(path)}
        for path in paths:
            for parts in _answers_to(path):
                if parts[-1:] in ends:
                    self._files[parts].append(path)
        for path, references in named.items():
            for reference in references:
                if reference.parts[-1:] in ends:
                    self._noted[reference.parts[-1]].append((path, reference))
        self._ends = _ends(self._files)

    def into(self, path: str) -> set[str]:
        """Files that refer to this one."""
        for last in {parts[-1] for parts in _answers_to(path) if parts}:
            self._resolve(self._noted.pop(last, ()))
        return self._into.get(path, set())

    def dependants(self, paths: Iterable[str]) -> set[str]:
        """Files outside that refer to one of these."""
        inside = set(paths)
        return {path for target in inside for path in self.into(target)} - inside

    def _resolve(self, noted: Iterable[tuple[str, Reference]]) -> None:
        for path, reference in noted:
            language = language_of(path)
            here = tuple(path.split("/")[:-1])
            for target in self._targets(here, reference, language):
                if target != path and language_of(target) is language:
                    self._into[target].add(path)

    def _targets(self, here: Parts, reference: Reference, language: Imports | None) -> list[str]:
        wanted, up = reference
        if up is not None and up != FROM_ROOT:
            climbed = here[: len(here) - up] if up <= len(here) else ()
            return self._files.get(climbed + wanted, [])
        whole = language is OF_PYTHON
        if whole and wanted[0] in sys.stdlib_module_names:
            return self._files.get(wanted, []) if len(wanted) > 1 else []
        if len(wanted) == 1:
            ours = up == FROM_ROOT or language in OF_ONE_WORD
            return self._alone(here, wanted) if ours else []
        if (wanted, whole) not in self._known:
            self._known[wanted, whole] = self._ending(wanted[-LONGEST:], whole=whole)
        return self._known[wanted, whole]

    def _alone(self, here: Parts, wanted: Parts) -> list[str]:
        """A single word is sure of what stands beside the file or at the top."""
        near = {here + wanted, wanted, *((root, *wanted) for root in ROOTS)}
        candidates = [parts for parts in near if parts in self._files]
        return self._files[candidates[0]] if len(candidates) == 1 else []

    def _ending(self, wanted: Parts, *, whole: bool) -> list[str]:
        """The one module whose path ends so; else the longest that the name ends with, if at
        least two parts agree, where a language does not name the `whole` of it: `django.core.mail`
        is never our `core/mail.py`.
        """
        if wanted in self._ends:
            parts = self._ends[wanted]
            return self._files[parts] if parts else []
        if whole:
            return []
        shorter = (wanted[start:] for start in range(1, len(wanted) - 1))
        return next((self._files[parts] for parts in shorter if parts in self._files), [])


def _ends(modules: Iterable[Parts]) -> dict[Parts, Parts | None]:
    """The one module that ends with so many parts, two or more; None where several do."""
    ends: dict[Parts, Parts | None] = {}
    for parts in modules:
        for start in range(max(0, len(parts) - LONGEST), len(parts) - 1):
            end = parts[start:]
            ends[end] = None if end in ends else parts
    return ends


def _answers_to(path: str) -> set[Parts]:
    """The names under which a file can be imported: itself, its package, and as the directory that
    Go and Terraform mean.
    """
    *directories, name = path.split("/")
    stem, _, suffix = name.rpartition(".")
    outer = tuple(directories)
    if suffix in {"go", "tf"}:
        return {outer}
    if suffix in {"h", "hh", "hpp"}:
        return {(*outer, name)}
    return {outer} if stem in INDEXES else {(*outer, stem or name)}
