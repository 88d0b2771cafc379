"""Which code has a document beside it that may explain it."""

from collections.abc import Iterable

from intake.findings.grouping import FileGroup

ENDINGS = (".md", ".markdown", ".rst", ".adoc")
# About a project as a whole, its rules and its past; not about how its code works.
OTHERS = frozenset(
    "authors changelog changes code_of_conduct code-of-conduct codeowners contributing copying "
    "history license licence maintainers news notice pull_request_template release security".split()
)
# These are called like every other one.
OF_DIRECTORIES = frozenset({"readme", "index"})


class Documents:
    """Where they lie, and what they are called."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        documents = [path.rpartition("/") for path in paths if _is_document(path)]
        self._in = {directory for directory, _, _ in documents}
        self._within = self._in.union(*map(_above, self._in))
        self._named = {_stem(name) for _, _, name in documents} - OF_DIRECTORIES

    def beside(self, group: FileGroup) -> bool:
        """Whether one lies where the group's files do or around them, or is called like them. What
        lies at the top is about everything, and so about what lies there too.
        """
        directory = group.directory
        if directory in (self._within if group.whole else self._in):
            return True
        if any(above in self._in for above in _above(directory) if above):
            return True
        return not self._named.isdisjoint(map(_stem, _names(group)))


def _names(group: FileGroup) -> list[str]:
    names = [path.rpartition("/")[2] for path in group.files]
    return [group.directory.rpartition("/")[2], *names] if group.whole else names


def _is_document(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.lower().endswith(ENDINGS) and _stem(name) not in OTHERS


def _above(directory: str) -> Iterable[str]:
    """The directories around one, the outermost of which is ''."""
    while directory:
        directory = directory.rpartition("/")[0]
        yield directory


def _stem(name: str) -> str:
    return name.partition(".")[0].lower()
