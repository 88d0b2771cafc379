"""Files of code by who speaks for them: history, a metadata block, or a person on the register."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from debt.artifact.registered_paths import RegisteredPaths
from intake.blocks.blocks import Block
from intake.findings.candidates import RepositoryFacts
from intake.findings.claims import claims_of
from intake.findings.grouping import CodeFile
from intake.findings.moves import Move, moves_of
from intake.findings.register_paths import DeclaredFiles, settled
from intake.git.repository import Repository
from intake.languages.kinds import is_code, kind_of
from intake.text.globs import ByGlob, escaped


@dataclass(frozen=True)
class FileAttribution:
    """Files of code by who speaks for them: `counting` are those that tools wrote enough of,
    `declared` those that blocks and people speak for; `moved` is by the path before.
    """

    counting: frozenset[str]
    declared: DeclaredFiles
    moved: Mapping[str, Move]

    def written(self, facts: RepositoryFacts) -> tuple[set[str], set[str]]:
        """Files of tools and files of people; what somebody says of one comes first."""
        tools, people = set(self.declared.taken), set(self.declared.denied)
        for path in facts.files:
            if facts.is_sizable(path) and is_code(path) and not self.declared.has(path):
                if path in self.counting:
                    tools.add(path)
                elif not facts.is_mixed(path):
                    people.add(path)
        return tools, people

    def code_files(self, repository: Repository, facts: RepositoryFacts) -> Iterator[CodeFile]:
        """Every file that nobody speaks for, with whether it counts; owners matter only near those
        that do.
        """
        declared = self.declared
        counting = frozenset(path for path in self.counting if not declared.has(path))
        near = {path.partition("/")[0] for path in counting}
        for path, file in facts.files.items():
            repository.check_time()
            if path not in declared.taken and is_code(path):
                owners = facts.owners.of(path).owners if path.partition("/")[0] in near else ()
                counts, apart = path in counting, path in declared.dismissed
                yield CodeFile(path, kind_of(path), file.lines, counts, owners, apart)

    def mixed(self, facts: RepositoryFacts) -> int:
        others = (path for path in facts.files if path not in self.counting)
        return sum(facts.is_mixed(path) and not self.declared.has(path) for path in others)


def attribution_of(
    facts: RepositoryFacts, blocks: Iterable[Block], known: RegisteredPaths
) -> FileAttribution:
    """By shares of lines, by blocks, and by what the register knows."""
    moved = moves_of(facts.history)
    files = [path for path in facts.files if is_code(path)]
    held = _held(known, moved)
    counting = frozenset(path for path in files if _counts(path, facts, held))
    claims = claims_of(blocks, files, counting.__contains__)
    away = frozenset(_moved_away(known, moved))
    return FileAttribution(counting, settled(claims, files, known, away), moved)


def _moved_away(known: RegisteredPaths, moves: Mapping[str, Move]) -> Iterator[str]:
    """Files that lay elsewhere when somebody said there that no tool wrote them. Whatever its day,
    a move of a file that was named itself came after that: branches are merged late.
    """
    dismissed = ByGlob(known.dismissed.items())
    for before, move in moves.items() if known.dismissed else ():
        since = dismissed.of(before)
        if since and (escaped(before) in known.dismissed or move.is_since(since)):
            yield move.path


def _held(known: RegisteredPaths, moved: Mapping[str, Move]) -> Callable[[str], bool]:
    """Whether a file belongs to a live artifact that a scan found, or did before it was moved."""
    held = ByGlob((glob, True) for glob in known.held)
    followed = {new.path for old, new in moved.items() if held.of(old)}
    return lambda path: path in followed or held.of(path) is not None


def _counts(path: str, facts: RepositoryFacts, held: Callable[[str], bool]) -> bool:
    """Whether tools wrote enough of it; what is an artifact already needs less to stay one."""
    scan, share = facts.rules.scan, facts.share(path)
    enough = share >= scan.leave and facts.is_sizable(path)
    return enough and (share >= scan.threshold or held(path))
