"""What stands in two places says the same: the README, the command line, the Makefile."""

import re
from pathlib import Path

from bot.cli.parsers.table import COMMANDS
from bot.features.table import VERBS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_the_readme_names_exists() -> None:
    named = set(re.findall(r"`debt ([a-z]+)", README))
    assert named <= {command.name for command in COMMANDS}


def test_every_verb_is_in_the_readme_and_no_other() -> None:
    shown = re.findall(r"^\| (`/debt[^|]*) \|", README, re.MULTILINE)
    named = {word for row in shown for word in re.findall(r"`(?:/debt )?([a-z]+)", row)}
    explained = {"unsubscribe", "help", "brief"}
    assert named <= set(VERBS)
    assert set(VERBS) - explained <= named


def test_every_target_the_readme_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_no_file_names_a_package_registry() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        assert "http" not in text.replace("httpx", "").replace("aiohttp", "")
        assert "--hash=sha256:" in text
    assert not (ROOT / "uv.lock").exists()
