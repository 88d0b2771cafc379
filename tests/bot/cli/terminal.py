"""`debt` as a person at a terminal meets it: words in, exit status and two streams out."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

from bot.cli.invocation import World
from bot.cli.runner import answer

HERE = str(Path(__file__).parents[3])  # in a second work tree, not what is installed from the first
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SHEET = """\
name,repo,paths,owner,team,risk,value,purpose
Retry worker,acme/checkout,src/retry/**,dana@example.com,payments,4,5,Retries declined captures
Price widget,acme/web,apps/price/**,,growth,4,1,misc
"""


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Terminal:
    """Runs `debt` inside this process, or (`really`) as the program that is installed."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    def says(self, *words: str, given: str | bytes = "") -> Said:
        out, err = StringIO(), StringIO()
        status = answer(words, self.world(out, err, given))
        return Said(status, out.getvalue(), err.getvalue())

    def world(self, out: StringIO, err: StringIO, given: str | bytes = "") -> World:
        data = given.encode() if isinstance(given, str) else given
        own = {"XDG_CACHE_HOME": f"{self.folder}/cache"}
        return World(own | self.environment, self.now, BytesIO(data), out, err)

    def really(
        self, *words: str, given: str = "", environment: dict[str, str] | None = None
    ) -> Said:
        done = subprocess.run(
            [program(), *words],
            cwd=self.folder,
            env=self.variables | (environment or {}),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    @property
    def variables(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": HERE,
            "HOME": str(self.folder),
            "USER": "dana",
        }

    def file(self, name: str, text: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)


def is_over(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has asked yet how."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def program() -> str:
    return str(Path(sys.executable).with_name("debt"))
