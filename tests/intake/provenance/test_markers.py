"""Every marker of the table is seen, and none of the look-alikes is."""

from pathlib import Path

import pytest

from debt.policy.policy import load
from intake.provenance.markers import BUILT_IN, Identity, Markers, person_in, tools_in
from intake.reading.scan_rules import rules_of

DANA = Identity("Dana", "dana@example.org")
GITHUB = "users.noreply.github.com"


def named(body: str = "", author: Identity = DANA, committer: Identity = DANA) -> set[str]:
    """The tools that a commit with this body names."""
    found = tools_in(author, committer, f"Change the shop\n\n{body}", BUILT_IN)
    return {evidence.tool for evidence in found}


@pytest.mark.parametrize(
    ("identity", "tool"),
    [
        ("Claude <noreply@anthropic.com>", "Claude Code"),
        (f"claude[bot] <209825114+claude[bot]@{GITHUB}>", "Claude Code"),
        (f"claude[bot] <claude[bot]@{GITHUB}>", "Claude Code"),
        ("Claude <claude@anthropic.com>", "Claude Code"),
        ("Claude Opus 4.6 (1M context) <noreply@anthropic.com>", "Claude Code"),
        ("claude-sonnet-4-20250514 <dana@example.org>", "Claude Code"),
        ("Claude Code <dana@example.org>", "Claude Code"),
        (f"Copilot <175728472+Copilot@{GITHUB}>", "GitHub Copilot"),
        (f"copilot-swe-agent[bot] <198982749+copilot-swe-agent[bot]@{GITHUB}>", "GitHub Copilot"),
        ("Copilot App <copilot@github.com>", "GitHub Copilot"),
        (
            f"Copilot Autofix powered by AI <62310815+github-advanced-security[bot]@{GITHUB}>",
            "GitHub Copilot",
        ),
        ("Cursor <cursoragent@cursor.com>", "Cursor"),
        ("Cursor Agent <agent@example.org>", "Cursor"),
        (f"cursor[bot] <206951365+cursor[bot]@{GITHUB}>", "Cursor"),
        ("aider (openrouter/deepseek-r1) <aider@aider.chat>", "Aider"),
        ("aider <noreply@aider.dev>", "Aider"),
        ("someone <noreply@aider.chat>", "Aider"),
        ("Codex <noreply@openai.com>", "Codex"),
        ("OpenAI Codex <codex@openai.com>", "Codex"),
        ("ChatGPT <chatgpt@example.org>", "Codex"),
        (f"chatgpt-codex-connector[bot] <1+chatgpt-codex-connector[bot]@{GITHUB}>", "Codex"),
        (f"Devin AI <158243242+devin-ai-integration[bot]@{GITHUB}>", "Devin"),
        (f"google-labs-jules[bot] <161369871+google-labs-jules[bot]@{GITHUB}>", "Jules"),
        (f"gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@{GITHUB}>", "Gemini"),
        (f"gemini-cli[bot] <218195315+gemini-cli[bot]@{GITHUB}>", "Gemini"),
        ("Amp <amp@ampcode.com>", "Amp"),
        ("openhands <openhands@all-hands.dev>", "OpenHands"),
        ("OpenHands-Claude <x@example.org>", "OpenHands"),
        ("OpenDevin <opendevin@all-hands.dev>", "OpenHands"),
        (f"factory-droid[bot] <1+factory-droid[bot]@{GITHUB}>", "Factory Droid"),
        ("Vibe <vibe@mistral.ai>", "Mistral Vibe"),
        ("opencode <noreply@opencode.ai>", "OpenCode"),
        (f"ellipsis-dev[bot] <1+ellipsis-dev[bot]@{GITHUB}>", "Ellipsis"),
        (f"coderabbitai[bot] <1+coderabbitai[bot]@{GITHUB}>", "CodeRabbit"),
        (f"greptile-apps[bot] <1+greptile-apps[bot]@{GITHUB}>", "Greptile"),
        (f"cubic-dev-ai[bot] <1+cubic-dev-ai[bot]@{GITHUB}>", "Cubic"),
        (f"detail-app[bot] <1+detail-app[bot]@{GITHUB}>", "Detail"),
        ("Stilla <stilla@stilla.ai>", "Stilla"),
        ("Blackbox <code@blackbox.ai>", "Blackbox"),
        ("pi <noreply@pi.dev>", "Pi"),
    ],
)
def test_a_tool_is_known_as_author_as_committer_and_in_trailers(identity: str, tool: str) -> None:
    assert named(author=person_in(identity)) == {tool}
    assert named(committer=person_in(identity)) == {tool}
    for key in ("Co-authored-by", "CO-AUTHORED-BY", "Co-developed-by", "Signed-off-by"):
        assert named(f"{key}: {identity}") == {tool}
    assert named(f"Co-Authored-By-AI: {identity}") == {tool}
    assert named(f"Coauthored-by: {identity}") == {tool}


@pytest.mark.parametrize(
    "identity",
    [
        "Claude Dupont <claude@dupont.example>",
        "Claude <claude.dupont@example.org>",
        "Devin Booker <devin.booker@example.org>",
        "Devin <devin@example.org>",
        "Jules <jules@example.org>",
        "Gemini Rossi <gemini@example.org>",
        "Jared <jared@anthropic.com>",
        "Claude <someone@anthropic.com>",
        "Paul <paul@aider.chat>",
        "Codex <codex@example.com>",
        "Claude",
        "Aider Fan <fan@example.org>",
        f"claudette <1+claudette@{GITHUB}>",
        f"dependabot[bot] <49699333+dependabot[bot]@{GITHUB}>",
        "GitHub <noreply@github.com>",
    ],
)
def test_people_with_such_names_stay_people(identity: str) -> None:
    assert named(f"Co-authored-by: {identity}", author=person_in(identity)) == set()
    assert named(f"Reviewed-by: {identity}", committer=person_in(identity)) == set()


def test_aiders_suffix_on_a_persons_name_is_enough() -> None:
    assert named(author=Identity("Dana (aider)", "dana@example.org")) == {"Aider"}
    assert named(committer=Identity("Dana (aider)", "dana@example.org")) == {"Aider"}
    assert named(author=Identity("Dana (aiders)", "dana@example.org")) == set()


@pytest.mark.parametrize(
    ("line", "tool"),
    [
        ("Generated with [Claude Code](https://claude.com/claude-code)", "Claude Code"),
        ("🤖 Generated with [Claude Code](https://claude.ai/code)", "Claude Code"),
        ("🤖 **Generated with Claude Code**", "Claude Code"),
        ("_Generated by Claude Code_", "Claude Code"),
        ("_Co-authored-by: Claude <noreply@anthropic.com>_", "Claude Code"),
        ("Generated by claude-sonnet-4-5", "Claude Code"),
        ("Generated with copilot-swe-agent", "GitHub Copilot"),
        ("Generated-by: gemini-2.5-pro", "Gemini"),
        ("Generated with Codex - see the session", "Codex"),
        ("> * generated with claude code", "Claude Code"),
        ("Generated with [Claude Code](https://x) via [Happy](https://y)", "Claude Code"),
        ("Generated by Codex CLI.", "Codex"),
        ("Generated with [Cursor](https://cursor.com)", "Cursor"),
        ("Generated with [Devin](https://devin.ai)", "Devin"),
        ("🤖 Generated with Gemini CLI", "Gemini"),
        ("Generated with Amp", "Amp"),
        ("Generated with [OpenCode](https://opencode.ai)", "OpenCode"),
        ("Assisted-by: Claude:claude-3-opus [coccinelle] [sparse]", "Claude Code"),
        ("Assisted-by: GitHub Copilot:gpt-5", "GitHub Copilot"),
        ("AI-assisted-by: Cursor", "Cursor"),
        ("Generated-by: ChatGPT 5", "Codex"),
        ("Made-with: Cursor", "Cursor"),
        ("Amp-Thread-ID: https://ampcode.com/threads/T-1", "Amp"),
        ("Claude-Session: https://claude.ai/code/session_1", "Claude Code"),
        ("Claude-Generated-By: Claude Code", "Claude Code"),
        ("Copilot-Session: 1", "GitHub Copilot"),
        ("Agent-Logs-Url: https://github.com/a/b/sessions/1", "GitHub Copilot"),
        ("Codex-Session-Id: 019b", "Codex"),
        ("Entire-Checkpoint: a1b2c3", "an AI agent"),
        ("Agent-Signature: x", "an AI agent"),
    ],
)
def test_a_line_is_found_wherever_a_squash_merge_left_it(line: str, tool: str) -> None:
    assert named(line) == {tool}
    assert named(f"* First step\n\n    {line}\n\n* Second step\n\nReviewed by Erin.") == {tool}
    assert named(f"Words.\r\n> {line}\r\nMore words.") == {tool}
    assert named(f"- {line}\n- tests") == {tool}


@pytest.mark.parametrize(
    "line",
    [
        "claude-code-settings: allow the linter",
        "Assisted-by: Claude Dupont",
        "Assisted-by: Claude Dupont <claude@dupont.example>",
        "Generated-by: protoc 3.21",
        "Generated-by: cursorless",
        "Generated with cursor-based pagination",
        "Generated by jules-verne-ipsum",
        "Generated by Claude Dupont during the workshop",
        "Generated with Claude Code footers are gone now",
        "'Generated with Claude Code' is not in the footer any more",
        "We removed what was Generated with Claude Code",
        "Generated with care",
        "Claude-Session:",
        "Co-authored-by:",
        "Thanks to Claude <noreply@anthropic.com> for the idea",
        "noreply@anthropic.com",
    ],
)
def test_words_about_tools_are_no_evidence(line: str) -> None:
    assert named(line) == set()


def test_a_subject_is_no_evidence() -> None:
    subjects = [
        "Remove the 'Generated with Claude Code' footer",
        "Generated with Claude Code",
        "Co-authored-by: Claude <noreply@anthropic.com>",
    ]
    for subject in subjects:
        assert tools_in(DANA, DANA, f"{subject}\n\nWhy not.", BUILT_IN) == frozenset()


def test_a_repeated_trailer_counts_once() -> None:
    body = "* step\n\nCo-authored-by: Claude <noreply@anthropic.com>\n" * 40
    assert len(tools_in(DANA, DANA, f"Squash\n\n{body}", BUILT_IN)) == 1


def test_a_recorder_that_serves_any_agent_gives_way_to_the_agents_own_name() -> None:
    assert named("Entire-Checkpoint: a1\nCo-authored-by: Cursor <cursoragent@cursor.com>") == {
        "Cursor"
    }


@pytest.mark.parametrize(
    ("line", "model"),
    [
        (
            "Co-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>",
            "Claude Opus 4.6 (1M context)",
        ),
        ("Co-authored-by: Claude <noreply@anthropic.com>", None),
        ("Co-authored-by: aider (openai/gpt-4o) <aider@aider.chat>", "openai/gpt-4o"),
        ("Assisted-by: Claude:claude-3-opus [sparse]", "claude-3-opus"),
        ("Assisted-by: Claude:unknown", None),
        ("Generated with Claude Sonnet 4.5", "Claude Sonnet 4.5"),
    ],
)
def test_the_model_is_named_where_the_commit_names_it(line: str, model: str | None) -> None:
    found = tools_in(DANA, DANA, f"Change\n\n{line}", BUILT_IN)
    assert [evidence.model for evidence in found] == [model]


def test_evidence_says_where_it_stands() -> None:
    claude = Identity("Claude", "noreply@anthropic.com")
    body = (
        "🤖 Generated with Claude Code\nClaude-Session: 1\n"
        "Co-authored-by: Claude <noreply@anthropic.com>"
    )
    found = tools_in(claude, claude, f"Change\n\n{body}", BUILT_IN)
    assert {evidence.source for evidence in found} == {
        "author",
        "committer",
        "trailer",
        "footer",
        "session",
    }


def markers_of(tmp_path: Path, policy: str) -> Markers:
    """The markers that hold under a team's policy file."""
    file = tmp_path / "policy.toml"
    file.write_text(policy, "utf-8")
    return rules_of(load(file)).markers


def tools(markers: Markers, body: str) -> set[str]:
    return {found.tool for found in tools_in(DANA, DANA, f"Change\n\n{body}", markers)}


def test_a_team_lays_its_own_table_over_ours(tmp_path: Path) -> None:
    ours = markers_of(
        tmp_path,
        """
        [markers]
        tool_keys = ["Written-With"]
        people_keys = ["Pair"]
        footers = ["made by"]
        test_tools = ["dry-run"]
        [[markers.tool]]
        name = "Housebot"
        emails = ["bot@house.example"]
        names = ['house (?P<model>\\d+)']
        called = ["housebot"]
        [[markers.tool]]
        name = "Night shift"
        emails = ["noreply@anthropic.com"]
        """.replace("\\\\", "\\"),
    )
    assert tools(ours, "Co-authored-by: Bot <BOT@house.example>") == {"Housebot"}
    assert tools(ours, "written-with: Housebot") == {"Housebot"}
    assert tools(ours, "Pair: House 12 <h@h.example>") == {"Housebot"}
    assert tools(ours, "Made by Housebot.") == {"Housebot"}
    assert tools(ours, "Co-authored-by: Claude <noreply@anthropic.com>") == {"Night shift"}
    assert tools(ours, "Generated with Claude Code") == {"Claude Code"}
    assert ours.recorded("dry-run", None) is None


def test_nothing_is_taken_away_but_what_a_team_names(tmp_path: Path) -> None:
    body = "Made-with: Cursor\nGenerated with Amp\nCo-authored-by: Claude <noreply@anthropic.com>"
    assert tools(BUILT_IN, body) == {"Cursor", "Amp", "Claude Code"}
    fewer = markers_of(tmp_path, 'markers.without = ["Claude Code", "made-with"]')
    assert tools(fewer, body) == {"Amp"}
    every = ", ".join(f'"{name}"' for name in BUILT_IN.table.named)
    assert tools(markers_of(tmp_path, f"markers.without = [{every}]"), body) == set()


def test_without_a_table_of_their_own_all_share_the_built_in_one(tmp_path: Path) -> None:
    assert markers_of(tmp_path, "digest.items = 4") is BUILT_IN


def test_a_hostile_message_takes_no_time() -> None:
    for body in ("> " * 100_000, "\n" * 200_000, "Co-authored-by: " + " " * 200_000, "<" * 200_000):
        assert named(body) == set()
