import json
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Label, Tier
from debt.policy.policy import (
    WEEKDAYS,
    Policy,
    PolicyError,
    TeamPolicy,
    built_in,
    load,
    repositories_in,
)
from tests.debt.builders import answer

A_KIND = """
[kinds.notebook]
name = "notebook"
label = "temporary"
owner_required = true
governance = "light review"
ends_when = "its question is answered"
light_on = ["sandbox"]
light_up_to_risk = 3
strict_on = []
monthly_hours = 1
ratings = { frequency = 1, complexity = 2, risk = 1, friction = 3 }
"""


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def loaded(path: Path, text: str) -> Policy:
    path.write_text(text, "utf-8")
    return load(path)


def refusal(path: Path, text: str) -> str:
    """What a wrong policy is answered with, without the folder it happens to be in."""
    with pytest.raises(PolicyError) as wrong:
        loaded(path, text)
    said = str(wrong.value)
    assert len(said.splitlines()) == 1
    return said.removeprefix(f"{path.parent}/")


def test_without_a_file_the_built_in_policy_rules() -> None:
    assert load(None) is built_in()
    assert set(built_in().kinds) == {
        "throwaway_script", "prototype_service", "production_integration", "test_suite",
        "iac_config",
    }  # fmt: skip
    assert set(built_in().labels) == set(Label)
    assert set(built_in().tiers) == set(Tier)
    assert built_in().working_hours.days == WEEKDAYS[:5]


def test_an_empty_file_changes_nothing(policy_file: Path) -> None:
    assert loaded(policy_file, "") == built_in()
    assert loaded(policy_file, "").fingerprint == built_in().fingerprint


def test_a_file_overrides_just_what_it_names(policy_file: Path) -> None:
    policy = loaded(policy_file, "[thresholds]\nhigh_risk = 3\n[kinds.iac_config]\nname = 'infra'")
    assert policy.thresholds.high_risk == 3
    assert policy.thresholds.high_value == built_in().thresholds.high_value
    assert policy.kind("iac_config").name == "infra"
    assert policy.kind("iac_config").ratings == built_in().kind("iac_config").ratings
    assert policy.tiers == built_in().tiers
    assert policy.fingerprint != built_in().fingerprint


def test_one_rating_of_a_kind_may_be_overridden_alone(policy_file: Path) -> None:
    policy = loaded(policy_file, "kinds.test_suite.ratings.friction = 5")
    ratings = policy.kind("test_suite").ratings
    assert (ratings.frequency, ratings.friction) == (3, 5)


def test_a_team_may_add_a_kind(policy_file: Path) -> None:
    policy = loaded(policy_file, A_KIND)
    assert policy.kind("notebook").label is Label.TEMPORARY
    assert policy.kind("notebook").expires_after_days is None
    assert policy.kind("test_suite") == built_in().kind("test_suite")


def test_an_end_date_or_review_can_be_switched_off(policy_file: Path) -> None:
    policy = loaded(
        policy_file,
        "[kinds.production_integration]\nexpires_after_days = 'never'\nreview_every_days = 'never'",
    )
    kind = policy.kind("production_integration")
    assert (kind.expires_after_days, kind.review_every_days) == (None, None)


def test_artifacts_of_a_kind_that_policy_dropped_are_still_governed() -> None:
    dropped = built_in().kind("quick_hack")
    usual = built_in().kind("production_integration")
    assert dropped == usual.model_copy(update={"name": "quick hack"})


def test_teams_groups_times_and_holidays_are_read(policy_file: Path) -> None:
    policy = loaded(
        policy_file,
        """
        [groups]
        sre = ["U1", "U2"]
        legal = "@legal"
        [teams."payments.eu"]
        members = ["U1"]
        lead = "U2"
        [teams.search]
        [tiers.strict]
        from = ["sre", "legal"]
        [working_hours]
        start = 08:30:00
        end = "18:15"
        [holidays]
        dates = [2026-12-25, "2027-01-01"]
        [sprint]
        weeks = 3
        """,
    )
    assert policy.groups == {"sre": ("U1", "U2"), "security": "@security", "legal": "@legal"}
    assert [policy.lead_of(team) for team in ("payments.eu", "search", "nobody", None)] == [
        "U2", None, None, None,
    ]  # fmt: skip
    assert (policy.working_hours.start, policy.working_hours.end) == (time(8, 30), time(18, 15))
    assert policy.holidays.dates == (date(2026, 12, 25), date(2027, 1, 1))
    assert policy.tier(Tier.STRICT).from_ == ("sre", "legal")


def test_a_file_saved_by_a_windows_editor_is_read(policy_file: Path) -> None:
    policy_file.write_bytes(b"\xef\xbb\xbf[digest]\r\nitems = 4\r\n")
    assert load(policy_file).digest.items == 4


THRESHOLDS = (
    "high_value, high_risk, unrated_value, due_soon_days, strict_risk, strict_surfaces, "
    "strict_dependants, exposed_surfaces"
)
SURFACES = "sandbox, internal, production, customer"
NEEDED = (
    "name, label, owner_required, governance, ends_when, light_on, light_up_to_risk, strict_on, "
    "monthly_hours, ratings"
)


FOUR = "four numbers, each more than the one before"
DAYS_OR_NEVER = 'whole numbers from 1 to 36500, and "never"'
FIVE = "five numbers, none less than the one before"
STEPS = "pairs such as [[26, 2], [3, 1]], the highest number first"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "\nthreshold = 3",
            (
                "policy.toml:2: threshold: no such key; allowed are kinds, labels, tiers, "
                "thresholds, digest, nudges, approvals, gate, budgets, value, roi, trend, metrics, "
                "roles, groups, teams, leadership, working_hours, holidays, sprint, scan, signals, "
                "scale, markers, repositories, clones, refresh"
            ),
        ),
        (
            "[thresholds]\nhigh_risk = 4\nhigh_rsk = 3",
            f"policy.toml:3: thresholds.high_rsk: no such key; allowed are {THRESHOLDS}",
        ),
        (
            "[tiers.light]\napprovals = 0\nfro = []",
            (
                "policy.toml:3: tiers.light.fro: no such key; "
                "allowed are approvals, from, own_request, extensions, extension_days"
            ),
        ),
        (
            "[kinds.test_suite.ratings]\n\nfun = 5",
            (
                "policy.toml:3: kinds.test_suite.ratings.fun: no such key; "
                "allowed are frequency, complexity, risk, friction"
            ),
        ),
        (
            "[teams.lead]\nchannel = 'C1'\nled = 'U1'",
            "policy.toml:3: teams.lead.led: no such key; allowed are members, lead, channel",
        ),
        (
            "[teams.'payments.eu'] # ours\nled = 'U1'",
            "policy.toml:2: teams.payments.eu.led: no such key; allowed are members, lead, channel",
        ),
    ],
)
def test_an_unknown_key_is_answered_with_its_line_and_the_known_ones(
    policy_file: Path, text: str, answer: str
) -> None:
    assert refusal(policy_file, text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "[kinds.test_suite]\nlabel = 'eternal'",
            (
                "policy.toml:2: kinds.test_suite.label: “eternal” is not allowed; "
                "allowed are experimental, temporary, durable"
            ),
        ),
        (
            "[kinds.test_suite]\nlight_on = [\n  'sandbox',\n  'moon',\n]",
            (
                f"policy.toml:2: kinds.test_suite.light_on: “moon” is not allowed; "
                f"allowed are {SURFACES}"
            ),
        ),
        (
            "# ours\n[labels.eternal]\nlapses = false",
            (
                "policy.toml:2: labels.eternal: “eternal” is not allowed; "
                "allowed are experimental, temporary, durable"
            ),
        ),
        (
            "[tiers.huge]\napprovals = 9",
            "policy.toml:1: tiers.huge: “huge” is not allowed; allowed are light, standard, strict",
        ),
        (
            "[labels.durable]\ncounts_as = 'asset'",
            (
                "policy.toml:2: labels.durable.counts_as: “asset” is not allowed; "
                "allowed are ephemeral, retained"
            ),
        ),
        (
            "working_hours.days = ['Monday']",
            (
                "policy.toml:1: working_hours.days: “Monday” is not allowed; allowed are "
                "monday, tuesday, wednesday, thursday, friday, saturday, sunday"
            ),
        ),
        (
            "[groups]\nops = '@ops'\n[tiers.standard]\nfrom = ['sec']",
            (
                "policy.toml:4: tiers.standard.from: “sec” is not a group; "
                "allowed are sre, security, ops"
            ),
        ),
        (
            "[roles]\nretire = ['owner', 'boss']",
            (
                "policy.toml:2: roles.retire: “boss” is not a group; "
                "allowed are everyone, owner, lead, admin, sre, security"
            ),
        ),
        (
            "[kinds.test_suite]\ngate = ['tests', 'luck']",
            (
                "policy.toml:2: kinds.test_suite.gate: “luck” is not allowed; "
                "allowed are tests, security, observability, style, architecture"
            ),
        ),
    ],
)
def test_a_word_from_no_list_is_answered_with_the_list(
    policy_file: Path, text: str, answer: str
) -> None:
    assert refusal(policy_file, text) == answer


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("thresholds.high_risk", "6", "whole numbers from 1 to 5"),
        ("thresholds.high_risk", "0", "whole numbers from 1 to 5"),
        ("thresholds.high_risk", "'4'", "whole numbers from 1 to 5"),
        ("thresholds.high_risk", "true", "whole numbers from 1 to 5"),
        ("thresholds.high_risk", "4.0", "whole numbers from 1 to 5"),
        ("tiers.light.extensions", "-1", "whole numbers from 0 to 10000"),
        ("tiers.light.extensions.days", "3", "whole numbers from 0 to 10000"),
        ("sprint.weeks", "13", "whole numbers from 1 to 12"),
        ("digest.items", "50", "whole numbers from 1 to 10"),
        ("labels.durable.expires_after_days", "0", 'whole numbers from 1 to 36500, and "never"'),
        ("labels.durable.expires_after_days", "'no'", 'whole numbers from 1 to 36500, and "never"'),
        ("kinds.test_suite.monthly_hours", "-0.5", "numbers from 0 to 10000"),
        ("kinds.test_suite.monthly_hours", "nan", "numbers from 0 to 10000"),
        ("kinds.test_suite.monthly_hours", "'two'", "numbers from 0 to 10000"),
        ("kinds.test_suite.monthly_hours", "true", "numbers from 0 to 10000"),
        ("labels.durable.lapses", "'yes'", "true and false"),
        ("labels.durable.lapses", "1", "true and false"),
        ("nudges.steps", "[400]", "whole numbers from 0 to 365"),
        ("nudges.a_week", "0", "whole numbers from 1 to 7"),
        ("approvals.remind_after_days", "0", "whole numbers from 1 to 36500"),
        ("working_hours.start", "9", 'times like "09:00"'),
        ("working_hours.start", "'25:00'", 'times like "09:00"'),
        ("holidays.dates", "[5]", "dates like 2026-12-24"),
        ("holidays.dates", "['24.12.2026']", "dates like 2026-12-24"),
        ("sprint.first_day", "2026-01-05T10:00:00Z", "dates like 2026-12-24"),
        ("groups.sre", "3", 'a user group ("@sre") and a list of people (["U123"])'),
        ("scan.threshold", "1.5", "numbers from 0 to 1"),
        ("scan.threshold", "true", "numbers from 0 to 1"),
        ("scan.min_lines", "0", "whole numbers from 1 to 1000"),
        ("scan.collapse_files", "[9, 2]", "two whole numbers such as [2, 200]"),
        ("scan.collapse_files", "2", "two whole numbers such as [2, 200]"),
        ("metrics.churn.worse_by", "0", 'numbers from 0.001 to 100, and "never"'),
        ("trend.top_weeks", "1", "whole numbers from 2 to 12"),
        ("signals.churn", "0.5", "numbers from 1 to 100"),
        ("scale.hysteresis", "0.6", "numbers from 0 to 0.5"),
        ("scale.frequency.cuts", "[1, 3, 12]", FOUR),
        ("scale.frequency.cuts", "[1, 3, 3, 12]", FOUR),
        ("scale.complexity.lines", "[1, 3, 4, true]", FOUR),
        ("scale.risk.reverts", "[[1, 1], [3, 2]]", STEPS),
        ("scale.risk.reverts", "[[1, 5]]", STEPS),
        ("scale.risk.dependants", "3", STEPS),
        ("scale.risk.base.test_suite", "6", "whole numbers from 1 to 5"),
        ("scale.friction.silent_days", "0", "whole numbers from 1 to 36500"),
        ("scale.risk.reverts", "[[0, 1]]", STEPS),
        ("scale.risk.reverts", "[[3, 2], [3, 1]]", STEPS),
        ("scale.risk.reverts", "[[3, -1]]", STEPS),
        ("roi.cost_hours", "[1, 2, 3, 4]", FIVE),
        ("roi.cost_hours", "[1, 2, 3, 4, 3]", FIVE),
        ("roi.cost_hours", "[1, 2, 3, 4, true]", FIVE),
        ("scan.collapse_files", "[0, 2]", "two whole numbers such as [2, 200]"),
        ("metrics.churn.worse_by", "100.5", 'numbers from 0.001 to 100, and "never"'),
        (
            "labels.durable.expires_after_days",
            "36501",
            'whole numbers from 1 to 36500, and "never"',
        ),
        ("teams.pay.lead", "'erin'", 'a person by its Slack id, such as "U012AB3CD"'),
        ("teams.pay.lead", "5", 'a person by its Slack id, such as "U012AB3CD"'),
        ("groups.sre", "['U1', 3]", 'a user group ("@sre") and a list of people (["U123"])'),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_allowed(
    policy_file: Path, key: str, value: str, allowed: str
) -> None:
    said = refusal(policy_file, f"# ours\n{key} = {value}")
    assert said.startswith("policy.toml:2: ")
    assert said.endswith((f": allowed are {allowed}", f": allowed is {allowed}"))


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("thresholds.high_risk", "1", 1),
        ("thresholds.high_risk", "5", 5),
        ("labels.durable.expires_after_days", "1", 1),
        ("labels.durable.expires_after_days", "36500", 36_500),
        ("labels.durable.expires_after_days", "'never'", None),
        ("metrics.churn.worse_by", "'never'", None),
        ("metrics.churn.worse_by", "0.001", 0.001),
        ("metrics.churn.worse_by", "100", 100),
        ("scan.threshold", "1", 1),
        ("roi.cost_hours", "[1, 1, 2, 2, 3]", (1, 1, 2, 2, 3)),
        ("scale.risk.reverts", "[[2, 4], [1, 0]]", ((2, 4), (1, 0))),
        ("scale.risk.reverts", "[[3, 1], [2, 3]]", ((3, 1), (2, 3))),
        ("scale.risk.reverts", "[]", ()),
        ("scan.collapse_files", "[1, 1]", (1, 1)),
        ("sprint.first_day", "2026-01-05", date(2026, 1, 5)),
        ("sprint.first_day", "'2026-01-05'", date(2026, 1, 5)),
        ("working_hours.start", "08:30:00", time(8, 30)),
        ("teams.pay.lead", "'W0ERIN'", "W0ERIN"),
    ],
)
def test_a_value_at_the_edge_of_what_is_allowed_is_read(
    policy_file: Path, key: str, value: str, read: object
) -> None:
    at: Any = loaded(policy_file, f"{key} = {value}")
    for part in key.split("."):
        at = at[part] if isinstance(at, Mapping) else getattr(at, part)
    assert at == read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("kinds = 3", "policy.toml:1: kinds: allowed is a table"),
        ("[[kinds]]\nname = 'x'", "policy.toml:1: kinds: allowed is a table"),
        ("[teams]\npay = 1", "policy.toml:2: teams.pay: allowed is a table"),
        ("[sprint]\n[thresholds]\n[holidays]\ndates = 1", ("policy.toml:4: holidays.dates: "
         "allowed is a list in [brackets]")),
        ("[teams.pay]\nlead = 3",
         'policy.toml:2: teams.pay.lead: allowed is a person by its Slack id, such as "U012AB3CD"'),
        ("[teams.pay]\nlead = 'erin@example.com'",
         'policy.toml:2: teams.pay.lead: allowed is a person by its Slack id, such as "U012AB3CD"'),
        ("[leadership]\nchannel = '#general'",
         ('policy.toml:2: leadership.channel: allowed is a channel by its Slack id,'
         ' such as "C012AB3CD"')),
        ("[kinds.test_suite]\nname = ''", ("policy.toml:2: kinds.test_suite.name: "
         "allowed is text in quotes, at least one character")),
        ("[working_hours]\ndays = []", ("policy.toml:2: working_hours.days: "
         "allowed is a list of at least one")),
        ("[approvals]\nremind_after_days = 14", ("policy.toml:1: approvals: "
         "allowed are fewer days to the reminder than 14")),
        ("[signals]\nunstable = ['x', 3]",
         "policy.toml:2: signals.unstable: allowed is text in quotes"),
        ("[scan]\nmixed = 0.4", ("policy.toml:1: scan: "
         "allowed are shares of which mixed ≤ leave ≤ threshold")),
        ("[scale.risk]\npaths.ours = 'escrow'", ("policy.toml:2: scale.risk.paths.ours: "
         "allowed is a list in [brackets]")),
        ("[scale.risk]\npaths.ours = ['']", ("policy.toml:2: scale.risk.paths.ours: "
         "allowed is text in quotes, at least one character")),
        ("[scale.risk.base]\nnotebook = 3", ("policy.toml:2: scale.risk.base.notebook: "
         "no such key; allowed are iac_config, production_integration, prototype_service, "
         "test_suite, throwaway_script")),
        ("[markers]\nfooter = []", ("policy.toml:2: markers.footer: no such key; allowed are "
         "people_keys, tool_keys, footers, model_words, test_tools, tool, without")),
        ("[markers]\ntool = 'Housebot'",
         "policy.toml:2: markers.tool: allowed is a list in [brackets]"),
        ("[markers]\n[[markers.tool]]\nname = 'A'\n[[markers.tool]]\nname = 'B'\nmail = []",
         ("policy.toml:6: markers.tool.mail: no such key; allowed are name, emails, logins, names, "
          "nicknames, called, unnamed, sessions")),
        ("[[markers.tool]]\nname = 'A'\n\n[[markers.tool]]\nemails = ['a@b.example']",
         ("policy.toml:4: markers.tool.name: missing; what is not built in needs all of name")),
        ("[[markers.tool]]\nname = 'A'\n[[markers.tool]]\nname = 'B'\nnames = ['x', '(']",
         ("policy.toml:5: markers.tool.names: allowed are regular expressions for a whole name: "
          "missing ), unterminated subpattern at position 0")),
        ("[[markers.tool]]\nname = 'A'\nemails = ['']", ("policy.toml:3: markers.tool.emails: "
         "allowed is text in quotes, at least one character")),
        ("[working_hours]\nstart = '18:00'", ("policy.toml:1: working_hours: "
         "allowed is a start before the end, 17:00")),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_answered_with_the_right_one(
    policy_file: Path, text: str, answer: str
) -> None:
    assert refusal(policy_file, text) == answer


def test_only_what_is_in_the_built_in_table_can_be_taken_out_of_it(policy_file: Path) -> None:
    said = refusal(policy_file, "# ours\n[markers]\nwithout = ['Cursor', 'Curser']")
    assert said.startswith(
        "policy.toml:3: markers.without: “Curser” is not in the built-in table; allowed are Claude"
    )
    policy = loaded(policy_file, "markers.without = ['Cursor', 'generated by']")
    assert policy.markers.without == ("Cursor", "generated by")


def test_a_new_kind_names_all_it_needs(policy_file: Path) -> None:
    for line in A_KIND.strip().splitlines()[1:]:
        key = line.split(" =")[0]
        assert refusal(policy_file, A_KIND.replace(line, "")) == (
            f"policy.toml:2: kinds.notebook.{key}: missing; what is not built in needs all of "
            f"{NEEDED}"
        )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("\n[thresholds\nhigh_risk = 3", "policy.toml:2: Expected ']'"),
        ("[digest]\nitems = 4\nitems = 5\n", "policy.toml:3: Cannot overwrite a value"),
        ("[digest]\nitems = ", "policy.toml:2: Invalid value"),
        ("[digest]\nname = 'x\n", "policy.toml:2: "),
    ],
)
def test_what_is_not_toml_is_answered_with_its_line(
    policy_file: Path, text: str, answer: str
) -> None:
    said = refusal(policy_file, text)
    assert said.startswith(answer)
    assert said.endswith("; DEBT_POLICY names a TOML file")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"gone.toml: cannot be read \(No such file"):
        load(tmp_path / "gone.toml")
    with pytest.raises(PolicyError, match=r"cannot be read \(Is a directory\)"):
        load(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match=r"binary.toml: is not UTF-8 text"):
        load(binary)


def test_hostile_text_in_a_policy_stays_on_its_one_line(policy_file: Path) -> None:
    long = "x\\n" * 5_000
    assert len(refusal(policy_file, f'[kinds.test_suite]\nlabel = "{long}"')) < 300
    assert refusal(policy_file, '[kinds."a\\nb"]\nname = 3').startswith(
        "policy.toml:2: kinds.a b.name: "
    )


LONG = "x" * 5_000


@pytest.mark.parametrize(
    "text",
    [
        f"[digest]\n{LONG} = 1",
        f'[kinds."{LONG}"]\nname = "x"',
        f"[{LONG}]\n[{LONG}]",
        f"{LONG} = 1\n{LONG} = 2",
        f'[tiers.strict]\nfrom = ["{LONG}"]',
        f'[[markers.tool]]\nname = "x"\nnames = ["(?P={LONG})"]',
        f'[markers]\nwithout = ["{LONG}"]',
        f'[repositories.x]\nurl = "{LONG}"',
    ],
)
def test_a_long_word_in_a_policy_makes_no_long_refusal(policy_file: Path, text: str) -> None:
    assert len(refusal(policy_file, text)) < 600


plain = st.recursive(
    st.none().map(lambda _: 0) | st.booleans() | st.integers(-9, 99) | st.sampled_from(["", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "label", "from", "lead", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else repr(value)


@given(
    st.sampled_from([*Policy.model_fields, "kinds.name", "kinds.test_suite", "teams.lead", "x"]),
    plain,
)
def test_whatever_stands_in_a_policy_it_is_used_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(f"{key} = {_toml(value)}", "utf-8")
    said = answer(lambda: load(path), PolicyError)
    if isinstance(said, str):
        assert len(said.splitlines()) == 1
        assert said.startswith(f"{path}:1: {key.split('.', maxsplit=1)[0]}")


def test_a_policy_is_json_under_the_names_of_its_file() -> None:
    said = built_in().as_json()
    assert said["tiers"]["strict"]["from"] == ["sre", "security"]
    assert said["working_hours"]["start"] == "09:00:00"
    assert json.loads(json.dumps(said)) == said


def test_no_team_has_no_lead() -> None:
    led = built_in().model_copy(update={"teams": {"pay": TeamPolicy(lead="U0ERIN")}})
    assert led.lead_of("pay") == "U0ERIN"
    assert led.lead_of(None) is led.lead_of("") is led.lead_of("growth") is None


@pytest.mark.parametrize(
    ("text", "line"), [("[digest]\nitems = [\n1,", 3), ("x = 'a", 1), ("# one\n[x", 2)]
)
def test_a_file_that_ends_too_soon_is_answered_with_its_last_line(
    policy_file: Path, text: str, line: int
) -> None:
    assert refusal(policy_file, text).startswith(f"policy.toml:{line}: ")


def test_a_list_of_repositories_that_cannot_be_read_names_its_option(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="--list names a TOML file"):
        repositories_in(tmp_path / "gone.toml")
    there = tmp_path / "repositories.toml"
    there.write_text('[repositories."acme/pay"]\nurl = "https://github.com/acme/pay"\n', "utf-8")
    assert [*repositories_in(there)] == ["acme/pay"]
