"""From a repository to findings, end to end."""

from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

import pytest

from debt.policy.policy import Policy, load
from intake.findings.findings import Finding
from intake.git.repository import GitLimits
from intake.git.tree import remote_name
from intake.scan.scan import Scan, read_repository
from tests.intake.repositories import BY_CLAUDE, CLAUDE, DANA, ERIN, Story, code, git

Files = dict[str | bytes, str | bytes]


def names(scan: Scan) -> set[str]:
    return {finding.name for finding in scan.findings}


def only(scan: Scan) -> Finding:
    (finding,) = scan.findings
    return finding


def paths(scan: Scan) -> set[str]:
    return {path for finding in scan.findings for path in finding.paths}


@pytest.fixture
def shop(story: Story) -> Story:
    """A shop: prices by Claude, a cart by people, tests and a workflow by Cursor."""
    files: Files = {
        "shop/cart/cart.py": code(300, "cart"),
        "shop/main.py": "from shop.prices import rules\n" + code(40, "main"),
        "README.md": "# Shop\n" * 50,
        ".github/CODEOWNERS": (
            "* @acme/everyone\n/shop/prices/ @erin @acme/pricing erin@example.org\n"
        ),
    }
    story.commit("Begin", files, on="2025-01-10")
    prices: Files = {
        "shop/prices/rules.py": code(200, "rule"),
        "shop/prices/tax.py": code(100, "tax"),
    }
    story.commit(f"Prices\n\n{BY_CLAUDE}", prices, on="2026-03-02")
    tests: Files = {
        "tests/test_rules.py": "from shop.prices import rules\n" + code(60, "test"),
        "tests/test_tax.py": code(60, "test_tax"),
        ".github/workflows/ci.yml": code(30, "step"),
    }
    cursor = "Cursor Agent <cursoragent@cursor.com>"
    story.commit("Tests", tests, author=cursor, on="2026-04-01")
    story.commit(
        "Fix prices", {"shop/prices/tax.py": code(110, "tax")}, author=ERIN, on="2026-06-20"
    )
    return story


def test_a_repository_becomes_a_few_named_findings(shop: Story, now: datetime) -> None:
    scan = read_repository(shop.path, now=now)
    assert names(scan) == {"shop/prices", "tests", "workflows/ci.yml"}
    assert (scan.repo, scan.head) == ("shop", shop.tip())
    assert (scan.commits, scan.ai_commits, scan.mixed) == (4, 2, 0)
    assert (scan.ai_lines, scan.all_lines) == (451, 802)
    assert scan.notes == ("AI shares are lower bounds: a tool can be told to leave no marker.",)


def test_tests_do_not_lean_on_what_they_test(shop: Story, now: datetime) -> None:
    prices, *_ = (each for each in read_repository(shop.path, now=now).findings if each.lines > 200)
    assert prices.dependants == 1
    assert prices.risk.reason == "production integration, imported by 1 other file"


def test_a_finding_says_where_it_came_from_and_why_it_ranks(shop: Story, now: datetime) -> None:
    scan = read_repository(shop.path, now=now, name="acme/shop")
    prices = next(finding for finding in scan.findings if finding.name == "shop/prices")
    assert prices.kind == "production_integration"
    assert prices.paths == ("shop/prices/**",)
    assert (prices.owner, prices.team) == ("erin@example.org", "pricing")
    assert prices.owner_suggestion == "erin@example.org"
    assert (prices.origin_tool, prices.origin_model) == ("Claude Code", None)
    assert prices.created_on == date(2026, 3, 2)
    assert prices.last_touched == date(2026, 6, 20)
    assert (prices.files, prices.lines, prices.ai_lines, prices.added_lines) == (2, 310, 300, 310)
    assert prices.dependants == 1
    assert prices.evidence == "300 of 310 added lines by Claude Code in 1 commit"
    assert prices.frequency.reason == (
        "1 commit on 1 of 90 days, 0.5 a month (0.1 a file, people's 0.0 in 2 files)"
    )
    assert prices.complexity.reason == "310 lines, 0 branches"
    assert prices.risk.reason == "production integration, imported by 1 other file"
    assert prices.friction.reason == "owned, active, known to several people, tests beside it"


def test_findings_come_costliest_first(shop: Story, now: datetime) -> None:
    scores = [finding.score for finding in read_repository(shop.path, now=now).findings]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3


def test_reading_twice_gives_the_same(shop: Story, now: datetime) -> None:
    assert read_repository(shop.path, now=now) == read_repository(shop.path, now=now)


def test_a_bare_clone_reads_like_a_work_tree(shop: Story, tmp_path: Path, now: datetime) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(shop.path), str(tmp_path / "bare.git"))
    git(tmp_path, "clone", "-q", str(shop.path), str(tmp_path / "full"))
    (tmp_path / "full" / "shop" / "prices" / "tax.py").write_text("uncommitted\n")
    read = [
        read_repository(path, name="acme/shop", now=now)
        for path in (shop.path, shop.path / ".git", tmp_path / "bare.git", tmp_path / "full")
    ]
    assert all(scan == read[0] for scan in read)


def test_a_linked_work_tree_is_read_at_its_head(shop: Story, tmp_path: Path, now: datetime) -> None:
    first = git(shop.path, "rev-list", "--max-parents=0", "HEAD")
    linked = tmp_path / "linked"
    git(shop.path, "worktree", "add", "-q", "--detach", str(linked), first)
    assert read_repository(linked, now=now).head == first
    assert read_repository(shop.path, now=now).head == shop.tip()


def test_a_shallow_clone_says_so(shop: Story, tmp_path: Path, now: datetime) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{shop.path}", str(shallow))
    scan = read_repository(shallow, now=now)
    assert scan.commits == 2
    assert scan.notes[0].startswith("This clone is shallow: only its newest 2 commits were read")


@pytest.mark.parametrize("bare", [True, False])
def test_a_repository_without_commits_says_so(tmp_path: Path, now: datetime, bare: bool) -> None:
    story = Story(tmp_path / "empty.git", bare=bare)
    scan = read_repository(story.path, now=now)
    assert (scan.repo, scan.head, scan.findings) == ("empty", "", ())
    assert scan.notes == ("The repository has no commits yet.",)


def test_people_alone_make_no_findings(story: Story, now: datetime) -> None:
    story.commit("Begin", {"shop/a.py": code(90)}, author="Claude Dupont <claude@dupont.example>")
    scan = read_repository(story.path, now=now)
    assert (scan.findings, scan.ai_commits, scan.ai_lines) == ((), 0, 0)


def test_a_file_counts_from_half_of_its_lines_and_is_mixed_from_a_fifth(
    story: Story, now: datetime
) -> None:
    own: Files = {name: code(100, name[0]) for name in ("a.py", "b.py", "c.py")}
    story.commit("Begin", own)
    more: Files = {"a.py": code(200, "a"), "b.py": code(190, "b"), "c.py": code(110, "c")}
    story.commit(f"More\n\n{BY_CLAUDE}", more)
    scan = read_repository(story.path, now=now)
    assert paths(scan) == {"a.py"}
    assert scan.mixed == 1


def test_what_is_not_code_of_ours_is_left_out(story: Story, now: datetime) -> None:
    files: Files = {
        "shop/a.py": code(50),
        "shop/short.py": code(19, "short"),
        "shop/schema_pb2.py": code(50, "pb"),
        "shop/models.py": "# Code generated by sqlc. DO NOT EDIT.\n" + code(50, "model"),
        "vendor/lib.py": code(50, "lib"),
        "web/app.min.js": code(50, "min"),
        "web/packed.js": "a=1;" * 5000,
        "uv.lock": code(50, "lock"),
        "data/prices.json": code(50, "data"),
        "docs/guide.md": code(50, "doc"),
        "tests/__snapshots__/a.py": code(50, "snap"),
        "logo.py": b"\0" * 500,
        "gen.sql": code(50, "sql"),
        "shop/theirs.js": code(50, "theirs"),
        "vendor/ours.py": code(50, "ours"),
        ".gitattributes": (
            "gen.sql linguist-generated\n"
            "shop/theirs.js linguist-vendored=true\n"
            "vendor/ours.py -linguist-vendored\n"
        ),
    }
    story.commit(f"Begin\n\n{BY_CLAUDE}", files)
    scan = read_repository(story.path, now=now)
    touched = {finding.name: (finding.files, finding.lines) for finding in scan.findings}
    assert touched == {"shop": (2, 69), "vendor/ours.py": (1, 50)}


def test_a_file_beyond_the_size_limit_is_left_out(story: Story, now: datetime) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(500), "b.py": code(30, "b")})
    scan = read_repository(story.path, now=now, limits=GitLimits(blob_bytes=5000))
    assert paths(scan) == {"b.py"}
    assert scan.notes[0] == "1 file of more than 5 kB was left out."


def test_hostile_paths_survive_and_come_out_printable(story: Story, now: datetime) -> None:
    long = "d" * 200 + "/" + "/".join(["e" * 100] * 37) + "/" + "f" * 90 + ".py"
    hostile: Files = {
        "a/new\nline.py": code(30, "a"),
        'b/"quoted" `$(touch x)`.py': code(30, "b"),
        b"c/caf\xe9.py": code(30, "c"),
        "d/--upload-pack=x;y.py": code(30, "d"),
        "e/\ttab\x1b[31m.py": code(30, "e"),
        "f/[id]*?.py": code(30, "f"),
        "-h/-rf.py": code(30, "h"),
        "g/<!channel> *bold*.py": code(30, "g"),
        long: code(30, "long"),
    }
    assert len(long) > 4000
    story.commit(f"Begin\n\n{BY_CLAUDE}", hostile)
    scan = read_repository(story.path, now=now)
    assert len(scan.findings) == len(hostile)
    for finding in scan.findings:
        said = (finding.name, *finding.paths, finding.evidence, finding.identity)
        assert all(text.isprintable() for text in said)
        assert all(text.encode("utf-8") for text in said)
        assert not any(";" in path for path in finding.paths)
        assert len(finding.name) <= 80
    assert {"a/new?line.py", "c/caf?.py", "f/[[]id][*][?].py", "-h/-rf.py"} <= paths(scan)


def test_links_are_not_followed(story: Story, tmp_path: Path, now: datetime) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text(code(50, "secret"))
    links: Files = {"leak.py": str(secret), "up.py": "../../secret.py", "around": "."}
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(30)}, links=links)
    git(story.path, "checkout", "-q", "-f", "main")
    assert (story.path / "leak.py").is_symlink()
    assert paths(read_repository(story.path, now=now)) == {"a.py"}


def test_a_guess_at_the_owner_is_only_suggested(story: Story, now: datetime) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(30)}, author=DANA)
    story.commit("More", {"a.py": code(31)}, author=ERIN)
    story.commit("More", {"a.py": code(32)}, author=ERIN)
    finding = only(read_repository(story.path, now=now))
    assert (finding.owner, finding.team) == (None, None)
    assert finding.owner_suggestion == "erin@example.org"


def test_a_hidden_address_is_suggested_by_its_handle(story: Story, now: datetime) -> None:
    dana = "Dana <12345+dana-d@users.noreply.github.com>"
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(30)}, author=dana)
    assert only(read_repository(story.path, now=now)).owner_suggestion == "@dana-d"


def test_tools_are_not_suggested_as_owners(story: Story, now: datetime) -> None:
    story.commit("Begin", {"a.py": code(30)}, author=CLAUDE)
    finding = only(read_repository(story.path, now=now))
    assert finding.owner_suggestion is None
    assert "nobody but tools has committed to it" in finding.friction.reason


def test_reverted_work_is_no_finding_but_makes_the_rest_riskier(
    story: Story, now: datetime
) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(60)})
    bad = story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(90), "b.py": code(40, "b")})
    story.commit(
        f'Revert "More"\n\nThis reverts commit {bad}.', {"a.py": code(60)}, deletes=["b.py"]
    )
    finding = only(read_repository(story.path, now=now))
    assert finding.evidence == "60 of 60 added lines by Claude Code in 1 commit"
    assert finding.risk.reason == "production integration, 1 revert in a year"
    assert finding.risk.value == 4


def test_the_model_and_several_tools_are_told(story: Story, now: datetime) -> None:
    opus = "Co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>"
    story.commit(f"Begin\n\n{opus}", {"a.py": code(60)})
    story.commit("More", {"a.py": code(90)}, author="Dana (aider) <dana@example.org>")
    finding = only(read_repository(story.path, now=now))
    assert (finding.origin_tool, finding.origin_model) == ("Claude Code", "Claude Opus 4.6")
    assert finding.evidence == "90 of 90 added lines by Claude Code and Aider in 2 commits"


def test_only_what_landed_since_a_day_counts_if_that_is_asked(story: Story, now: datetime) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(100), "b.py": code(40, "b")})
    story.commit("More", {"a.py": code(120)}, on="2026-06-09", author=ERIN)
    story.commit("Move", renames={"a.py": "c.py"}, on="2026-06-10")
    story.commit(f"More\n\n{BY_CLAUDE}", {"c.py": code(170)}, on="2026-06-11")
    scan = read_repository(story.path, now=now, since=date(2026, 6, 10))
    finding = only(scan)
    assert (scan.commits, scan.ai_commits, scan.ai_lines, scan.all_lines) == (2, 1, 50, 50)
    assert (finding.name, finding.lines) == ("c.py", 170)
    assert finding.evidence == "50 of 50 added lines by Claude Code in 1 commit"
    assert scan.notes[0].startswith("Only commits that landed since 2026-06-10 (UTC) count; lines")
    assert read_repository(story.path, now=now).ai_lines == 190


def test_dates_far_off_do_no_harm(story: Story, now: datetime) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(30)}, on="1970-01-02")
    story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(60)}, on="2105-01-01")
    finding = only(read_repository(story.path, now=now))
    assert (finding.created_on, finding.last_touched) == (date(1970, 1, 2), now.date())


def test_lines_of_codeowners_that_were_passed_over_are_noted(story: Story, now: datetime) -> None:
    story.commit("Begin", {"CODEOWNERS": "* nobody\n*.py @dana\n"})
    notes = read_repository(story.path, now=now).notes
    assert notes[0].startswith("CODEOWNERS: passed over 1 line that")


@pytest.fixture
def ours(tmp_path: Path) -> Policy:
    """A team with a tool of its own, which counts small files and knows what is critical."""
    file = tmp_path / "policy.toml"
    file.write_text(
        """
        [scan]
        threshold = 0.3
        leave = 0.3
        min_lines = 5
        [scale.risk.paths]
        settlement = ["settle"]
        [[markers.tool]]
        name = "Housebot"
        emails = ["bot@house.example"]
        """
    )
    return load(file)


def test_a_teams_own_markers_limits_and_critical_paths_are_used(
    story: Story, now: datetime, ours: Policy
) -> None:
    story.commit("Begin", {"settle.py": code(4)}, author=DANA)
    story.commit("More", {"settle.py": code(6)}, author="Housebot <bot@house.example>")
    assert read_repository(story.path, now=now).findings == ()
    finding = only(read_repository(story.path, now=now, policy=ours))
    assert finding.origin_tool == "Housebot"
    assert finding.risk.reason == "production integration, settlement path (“settle”)"


def test_no_field_of_a_finding_is_left_without_meaning(shop: Story, now: datetime) -> None:
    found = read_repository(shop.path, now=now).findings
    optional = {"service", "team", "owner", "owner_suggestion", "origin_model"}
    for finding in found:
        said = {field.name: getattr(finding, field.name) for field in fields(finding)}
        assert all(value is not None for name, value in said.items() if name not in optional)
        for rating in (finding.frequency, finding.complexity, finding.risk, finding.friction):
            assert 1 <= rating.value <= 5
            assert rating.reason


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/shop.git", "acme/shop"),
        ("https://dana:s3cret@github.com/acme/shop", "acme/shop"),
        ("https://x-access-token:ghp_s3cret@github.com/acme/shop.git/", "acme/shop"),
        ("https://git.example.org:8443/group/sub/shop.git?private_token=s3cret", "group/sub/shop"),
        ("git@github.com:acme/shop.git", "acme/shop"),
        ("ssh://git@git.example.org:22/acme/shop.git", "acme/shop"),
        ("https://dana:s3/cret@github.com/acme/shop", None),
        ("/srv/git/shop.git", None),
        ("../shop", None),
        ("file:///srv/git/shop.git", None),
        ("ext::sh -c evil", None),
        ("C:\\shop", None),
        ("https://github.com/shop", None),
        ("", None),
    ],
)
def test_a_remotes_address_gives_a_name_and_never_a_secret(url: str, name: str | None) -> None:
    assert remote_name(url) == name


def test_the_name_comes_from_the_remote_the_directory_or_the_caller(
    story: Story, now: datetime
) -> None:
    story.commit("Begin", {"a.py": code(3)})
    assert read_repository(story.path, now=now).repo == "shop"
    git(story.path, "remote", "add", "origin", "https://dana:s3cret@github.com/acme/store.git")
    assert read_repository(story.path, now=now).repo == "acme/store"
    assert read_repository(story.path, now=now, name="mine").repo == "mine"
