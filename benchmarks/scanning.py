"""Scanning a repository of 50,000 commits and 12,000 files, against what git itself needs for it.

Each scan runs in a process of its own, so that its memory can be told.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.repository import Made, Size, git, make

SIZE = Size(50_000, 12_000)
SMALL = Size(465, 200)
PEER = "codeassay==0.3.0"
_SCAN = """
import json, sys, time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from benchmarks.memory import peak_mb
from intake.scan.scan import read_repository
path, cache = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
started = time.perf_counter()
scan = read_repository(path, now=datetime(2032, 1, 1, tzinfo=UTC), cache=cache)
took = time.perf_counter() - started
found = repr((scan.findings, scan.blocks, scan.mixed, scan.ai_lines)).encode()
said = {"took": took, "peak_mb": peak_mb(), "found": sha256(found).hexdigest()}
print(json.dumps(said | {"commits": scan.commits, "ai_commits": scan.ai_commits}))
"""
# Files that may become part of a finding: only of these a scan asks how much they branch.
_NEAR = """
import json, sys
from pathlib import Path
from intake.git.repository import opened
from intake.provenance.history import history_in
from intake.languages.kinds import is_code
from intake.provenance.log import Log, asked, read_log, whole
from intake.provenance.markers import BUILT_IN
from intake.git.tree import files_of, head_of, text_of
with opened(Path(sys.argv[1])) as repository:
    head = head_of(repository)
    with asked(repository, head, Log()) as coming:
        read = read_log(repository, coming, BUILT_IN)
    code = [path for path in files_of(repository, head) if is_code(text_of(path))]
    files = history_in(whole(repository, read), code).files
Path(sys.argv[2]).write_bytes(b"\\0".join(path for path in files if files[path].ai_added))
print(json.dumps(len(files)))
"""
# How long the code is and how much it branches: of all, then as a scan asks it; then all else that
# a scan asks of every file.
_CONTENTS = """
import json, sys, time
from pathlib import Path
from intake.languages.size import branches, code_lines
from intake.languages.references import References
from intake.git.repository import opened
from intake.languages.kinds import is_code
from intake.provenance.markers import BUILT_IN
from intake.reading.file_measures import Contents
from intake.git.tree import contents_of, files_of, head_of, text_of
with opened(Path(sys.argv[1])) as repository:
    files = files_of(repository, head_of(repository))
    code = {path: blob for path, blob in files.items() if is_code(text_of(path))}
    started = time.perf_counter()
    for path, content in contents_of(repository, code):
        code_lines(content), branches(text_of(path), content)
    complexity = time.perf_counter() - started
    near = frozenset(Path(sys.argv[2]).read_bytes().split(b"\\0"))
    started = time.perf_counter()
    for path, content in contents_of(repository, code):
        code_lines(content)
        if path in near:
            branches(text_of(path), content)
    in_a_scan = time.perf_counter() - started
    started = time.perf_counter()
    named = {}
    for seen in Contents(repository, BUILT_IN).read(code):
        named[text_of(seen.path)] = seen.measured.references
    References(map(text_of, code), named, map(text_of, code))
    print(json.dumps([complexity, in_a_scan, time.perf_counter() - started]))
"""
# What the peer does too: who made each commit, and what of it a tool.
_COMMITS = """
import json, sys, time
from pathlib import Path
from intake.git.repository import opened
from intake.provenance.log import Log, asked, read_log
from intake.provenance.markers import BUILT_IN
from intake.git.tree import head_of
started = time.perf_counter()
with opened(Path(sys.argv[1])) as repository:
    with asked(repository, head_of(repository), Log()) as coming:
        log = read_log(repository, coming, BUILT_IN)
print(json.dumps(time.perf_counter() - started))
"""


def _python(program: str, *words: object) -> Any:
    command = [sys.executable, "-c", program, *map(str, words)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _seconds(command: list[str], stdin: bytes = b"", home: Path | None = None) -> float:
    environment = os.environ | ({"HOME": str(home)} if home else {})
    started = time.perf_counter()
    subprocess.run(command, check=True, input=stdin, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - started


def _blobs(path: Path) -> bytes:
    command = ["git", "-C", str(path), "ls-tree", "-r", "--format=%(objectname)", "HEAD"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _full(path: Path) -> Any:
    """A scan without a cache, and what bare git takes; the best of two, one after the other."""
    log = ["git", "-C", str(path), "log", "--numstat"]
    rounds = [(_seconds(log), _python(_SCAN, path)) for _ in range(2)]
    bare = min(took for took, _ in rounds)
    scan = min((scan for _, scan in rounds), key=lambda scan: float(scan["took"]))
    commits, found = f"{scan['commits']:,} commits", f"{scan['ai_commits']:,} by tools"
    print(f"full scan of {commits}, {found}: {scan['took'] / bare:.2f} × bare git log (goal ≤ 1.5)")
    print(f"  {scan['took']:.1f} s against {bare:.1f} s for git log --numstat")
    print(f"  peak memory of the scanning process: {scan['peak_mb']:.0f} MB (goal < 300)")
    return scan


def _contents(path: Path) -> None:
    """Of every file of code: its complexity; and apart from that its lines, imports and blocks."""
    blobs, command = _blobs(path), ["git", "-C", str(path), "cat-file", "--batch"]
    with tempfile.NamedTemporaryFile() as near:
        _python(_NEAR, path, near.name)
        rounds = [(_seconds(command, blobs), *_python(_CONTENTS, path, near.name)) for _ in "123"]
    bare, complexity, in_a_scan, asked = (min(took) for took in zip(*rounds, strict=True))
    print(f"complexity pass: {in_a_scan / bare:.1f} × bare git cat-file --batch (goal ≤ 3)")
    print(f"  {in_a_scan:.2f} s against {bare:.2f} s; were branches counted in every file, not")
    print(f"  only where tools wrote: {complexity / bare:.1f} ×")
    print(f"  imports and blocks, which are read at the same time: {asked / bare:.1f} ×")


def _incremental(made: Made, cache: Path) -> None:
    """From a cache that knows `main` to the head of `later`, and back to nothing to do."""
    kept = _python(_SCAN, made.path, cache)
    with tempfile.TemporaryDirectory() as folder:
        rounds = []
        git(made.path, "symbolic-ref", "HEAD", "refs/heads/later")
        for number in range(3):
            copy = shutil.copytree(cache, Path(folder) / str(number))
            rounds.append(_python(_SCAN, made.path, copy))
        again = _python(_SCAN, made.path, Path(folder) / "0")
        anew = _python(_SCAN, made.path)
    if {scan["found"] for scan in (*rounds, again)} != {anew["found"]}:
        raise RuntimeError("an incremental scan found something else than a full one")
    took = min(scan["took"] for scan in rounds)
    more = rounds[0]["commits"] - kept["commits"]
    size = sum(file.stat().st_size for file in cache.iterdir())
    print(f"scan of {more} more commits: {took:.2f} s (goal < 1), the same as a full one finds")
    print(f"  once more, of none: {again['took']:.2f} s; kept between scans: {size / 1e6:.1f} MB")


def _peer(folder: Path) -> None:
    """The commit-level evidence of PyPI's codeassay, in an environment of its own."""
    made = make(folder / "small.git", SMALL)
    work, peer = folder / "small", folder / "peer"
    pip = [str(peer / "bin" / "pip"), "install", "-q", "--no-deps", PEER]
    git(made.path, "clone", "-q", str(made.path), str(work))
    try:
        subprocess.run([sys.executable, "-m", "venv", peer], check=True, capture_output=True)
        subprocess.run(pip, check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError):
        print(f"{PEER} could not be installed here: not compared")
        return
    scan = [str(peer / "bin" / "codeassay"), "scan"]
    print(f"{PEER} on {SMALL.commits} commits (goal ≥ 100 ×)")
    _against("a scan", _seconds([*scan, str(work)], home=folder), _python(_SCAN, work)["took"])
    alone = _seconds([*scan, "--dry-run", str(work)], home=folder)
    _against("commits' markers alone", alone, min(_python(_COMMITS, work) for _ in range(3)))


def _against(name: str, theirs: float, ours: float) -> None:
    print(f"  {name}: {theirs / ours:.0f} × ours, {theirs:.1f} s against {ours * 1e3:.0f} ms")


async def measure(size: Size = SIZE) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        made = make(folder / "shop.git", size)
        _full(made.path)
        _contents(made.path)
        _incremental(made, folder / "cache")
        _peer(folder)
