"""How easily one finds one's way: sizes of folders, names told apart, imports, lines of code.

`python -m benchmarks.structure FOLDER` measures another checkout, such as an older version.
"""

import ast
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOMS = ("debt", "storage", "intake", "briefings", "bot", "sandbox")
HERE = Path(__file__).parents[1]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


async def measure(root: Path = HERE) -> None:
    modules = {path: ast.parse(path.read_text("utf-8")) for path in _modules(root)}
    folders = Counter(path.parent for path in modules if path.name != "__init__.py")
    largest, count = folders.most_common(1)[0]
    names = Counter(name for tree in modules.values() for name in _public_classes(tree))
    print(f"  {len(modules)} modules in {len(folders)} folders")
    print(f"  most modules in one folder: {count} ({largest.relative_to(root)})")
    print(f"  modules named by a gerund: {', '.join(_gerunds(modules)) or 'none'}")
    print(f"  public class names used more than once: {sum(n > 1 for n in names.values())}")
    print(f"  imports inside functions: {sum(map(_inner_imports, modules.values()))}")
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in modules)
    print(f"  lines of Python: {lines:,}")


def _modules(root: Path) -> Iterator[Path]:
    """Of the product; migrations are history."""
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def _public_classes(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def _gerunds(modules: dict[Path, ast.Module]) -> list[str]:
    return sorted({path.stem for path in modules if path.stem.endswith("ing")})


def _inner_imports(tree: ast.Module) -> int:
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    inside = {part for node in functions for part in ast.walk(node)}
    return sum(isinstance(node, ast.Import | ast.ImportFrom) for node in inside)


if __name__ == "__main__":
    asyncio.run(measure(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE))
