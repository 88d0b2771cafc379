"""The tree keeps its order: names, sizes of folders, and the page that describes both."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("debt", "storage", "intake", "briefings", "bot", "sandbox")
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
DRAWING = PAGE.partition("```mermaid")[2].partition("```")[0]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
USUAL_SIZE = 16
LARGER = {"bot/features": 32}  # one module a verb
SHARED_NAMES: dict[str, str] = {}  # a class name that stands for two things, and why it may


def modules(room: str) -> Iterator[Path]:
    migrations = ROOT / "storage" / "database" / "migrations"
    for path in sorted((ROOT / room).rglob("*.py")):
        if migrations not in path.parents:
            yield path


def layers(room: str) -> list[str]:
    """The room's packages as its contract has them, the uppermost first."""
    [contract] = [each for each in CONTRACTS["contracts"] if each.get("containers") == [room]]
    packages: list[str] = contract["layers"]
    return packages


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in (path for room in ROOMS for path in modules(room)):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in shared.items() if name not in SHARED_NAMES} == {}
    assert set(SHARED_NAMES) <= set(shared), "a name that is unique needs no exception"
    assert len(SHARED_NAMES) < 10


@pytest.mark.parametrize("room", ROOMS)
def test_no_folder_has_more_modules_than_one_can_look_over(room: str) -> None:
    folders: dict[str, int] = defaultdict(int)
    for path in modules(room):
        folders[str(path.parent.relative_to(ROOT))] += path.name != "__init__.py"
    too_large = {
        folder: count for folder, count in folders.items() if count > LARGER.get(folder, USUAL_SIZE)
    }
    assert too_large == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_package_says_what_is_found_there(room: str) -> None:
    packages = [path for path in modules(room) if path.name == "__init__.py"]
    silent = [str(path.parent) for path in packages if not path.read_text("utf-8").strip()]
    assert silent == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_drawing_shows_the_packages_in_the_order_in_which_they_import(room: str) -> None:
    drawn = re.findall(rf"\b{room}_(\w+)\[(\w+)\]", DRAWING)
    assert all(name == label for name, label in drawn)
    assert [name for name, _ in drawn] == layers(room)


@pytest.mark.parametrize("room", ROOMS)
def test_the_contract_names_every_package_of_its_room(room: str) -> None:
    there = {path for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()}
    there |= {path for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"}
    assert {path.stem for path in there} == set(layers(room))


def test_the_drawing_shows_which_room_imports_which() -> None:
    arrows = set(re.findall(rf"^  ({'|'.join(ROOMS)}) --> ({'|'.join(ROOMS)})$", DRAWING, re.M))
    assert arrows == {
        ("bot", "briefings"),
        ("bot", "intake"),
        ("briefings", "storage"),
        ("intake", "storage"),
        ("storage", "debt"),
    }


def test_every_path_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:[\w.]+/)+[\w.]*|pyproject\.toml)`", PAGE)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == []
    assert len(named) > 40


def test_every_room_and_every_question_has_its_answer() -> None:
    questions = ["verb", "metric", "word", "marker", "column", "webhook", "chart"]
    table = PAGE.partition("## Where do I put")[2].partition("##")[0]
    rows = re.findall(r"^\| (an? .*?) \| (.*) \|$", table, re.MULTILINE)
    assert len(rows) == len(questions)
    for question, (about, answer) in zip(questions, rows, strict=True):
        assert question in about
        assert "`" in answer
