"""Who acts is told by Slack's signature, who belongs here by Slack's answers, and each payload acts
once, however often it comes.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.process.process import Process
from bot.slack.people import OUTSIDER
from sandbox import Form, Person, Sandbox
from sandbox.wire.wire import Json
from tests.bot.conftest import Ledger

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACME_GRID, OTHER_GRID = "E0ACME", "E0OTHER"


def interaction(body: Json) -> str:
    return urlencode({"payload": json.dumps(body)})


async def send(slack: Sandbox, body: str) -> tuple[int, str]:
    """One delivery, signed by Slack."""
    answer = await slack.post(body, slack.signed(body) | FORM)
    text = await answer.text()
    await slack.settled()
    return answer.status, text


def typed(person: Person, words: str) -> Json:
    command = person.workspace.manifest.commands["/debt"]
    return person._office.payloads.command(command, words, person.user, person.channel())


def submitted(form: Form, by: Person) -> Json:
    return by._office.payloads.submission(form.view, by.user)


# ------------------------------------------------------------------------------ belonging here


@pytest.fixture
def grid(slack: Sandbox) -> None:
    """Acme's workspace is one of several in its Enterprise Grid organization."""
    slack.workspace.enterprise_id = ACME_GRID


def from_grid(slack: Sandbox, enterprise_id: str, *teams: str) -> Person:
    """Somebody whose own workspace is another one."""
    about = {"enterprise_id": enterprise_id, "teams": list(teams)}
    slack.add_person("ana", team_id="T0SOUTH", enterprise_user=about)
    return slack.person("ana")


async def test_a_colleague_of_the_same_grid_who_is_in_this_workspace_is_a_member(
    slack: Sandbox, grid: None, process: Process, ledger: Ledger
) -> None:
    await ledger.add()
    ana = from_grid(slack, ACME_GRID, "T0SOUTH", slack.workspace.team_id)
    body = typed(ana, "show D-1") | {"team_id": slack.workspace.team_id}
    assert "Payment retry worker" in (await send(slack, urlencode(body)))[1]


@pytest.mark.parametrize(
    ("enterprise_id", "is_in_this_workspace"),
    [(OTHER_GRID, True), (OTHER_GRID, False), (ACME_GRID, False)],
)
async def test_people_of_another_grid_or_of_another_workspace_of_ours_are_strangers(
    slack: Sandbox,
    grid: None,
    process: Process,
    ledger: Ledger,
    enterprise_id: str,
    is_in_this_workspace: bool,
) -> None:
    await ledger.add()
    here = [slack.workspace.team_id] if is_in_this_workspace else []
    ana = from_grid(slack, enterprise_id, "T0SOUTH", *here)
    for claimed in ("T0SOUTH", slack.workspace.team_id):
        _, text = await send(slack, urlencode(typed(ana, "show D-1") | {"team_id": claimed}))
        assert OUTSIDER in text
        assert "Payment retry worker" not in text


async def test_where_there_is_no_grid_nobody_comes_in_by_one(
    slack: Sandbox, process: Process, ledger: Ledger
) -> None:
    await ledger.add()
    ana = from_grid(slack, OTHER_GRID, slack.workspace.team_id)
    body = typed(ana, "show D-1") | {"team_id": slack.workspace.team_id}
    assert OUTSIDER in (await send(slack, urlencode(body)))[1]


@pytest.mark.parametrize(
    "elsewhere",
    [{"team_id": "T0OTHER"}, {"team_id": ""}, {"enterprise_id": OTHER_GRID}],
)
async def test_a_request_about_another_workspace_gets_one_line_and_no_data(
    slack: Sandbox, dana: Person, ledger: Ledger, elsewhere: dict[str, str]
) -> None:
    await ledger.add()
    status, text = await send(slack, urlencode(typed(dana, "show D-1") | elsewhere))
    assert status == 200
    assert OUTSIDER in text
    assert "Payment retry worker" not in text


async def test_a_request_for_another_app_is_refused_and_changes_nothing(
    slack: Sandbox, dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add(owner=None)
    body = typed(dana, "claim D-1") | {"api_app_id": "A0OTHER"}
    assert (await send(slack, urlencode(body)))[0] == 403
    assert (await ledger.get(artifact)).owner is None


# --------------------------------------------------------------------------- what Slack tells


@pytest.mark.parametrize("change", [{"is_restricted": True}, {"deleted": True}])
async def test_a_person_who_becomes_a_guest_or_is_deactivated_loses_the_register_at_once(
    slack: Sandbox, noah: Person, ledger: Ledger, change: dict[str, Any]
) -> None:
    await ledger.add()
    assert "Payment retry worker" in (await noah.types("/debt show D-1")).text
    slack.update_person("noah", **change)
    await slack.settled()
    _, text = await send(slack, urlencode(typed(noah, "show D-1")))
    assert OUTSIDER in text


async def test_an_admin_who_is_one_no_more_may_not_do_what_admins_do(
    slack: Sandbox, lena: Person, dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    slack.update_person("lena", is_admin=False)
    await slack.settled()
    assert "cannot" in (await lena.types("/debt budget set team:payments 40h")).text


async def test_what_a_deactivated_person_owns_is_an_orphan_at_once(
    slack: Sandbox, dana: Person, erin: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    await dana.types("/debt show D-1")
    slack.update_person("dana", deleted=True)
    await slack.settled()
    assert (await ledger.get(artifact)).orphan


async def test_sixty_commands_of_one_new_person_ask_slack_once(
    slack: Sandbox, noah: Person, process: Process
) -> None:
    bodies = [urlencode(typed(noah, "help")) for _ in range(60)]
    for body in bodies:
        slack.activity.spawn(slack.post(body, slack.signed(body) | FORM))
    await slack.settled(30)
    assert sum(call.method == "users.info" for call in slack.calls) == 1


# ----------------------------------------------------------------------------------- who acts


async def test_a_form_is_submitted_by_whom_slack_says_not_by_whom_it_names(
    slack: Sandbox, noah: Person, dana: Person, ledger: Ledger
) -> None:
    orphan = await ledger.add(owner=None)
    form = (await noah.types("/debt claim")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    body = submitted(form, noah)
    named = json.loads(body["view"]["private_metadata"]) | {"slack_id": dana.id}
    body["view"]["private_metadata"] = json.dumps(named)
    assert (await send(slack, interaction(body)))[0] == 200
    assert (await ledger.get(orphan)).owner == noah.id


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com/",
        "http://127.0.0.1:9/x",
        "https://hooks.slack.com@evil.example/x",
        "file:///etc/passwd",
        "not an address",
    ],
)
async def test_an_answer_goes_to_slack_or_nowhere(
    slack: Sandbox, noah: Person, ledger: Ledger, address: str
) -> None:
    """It comes as a direct message instead."""
    await ledger.add(owner=None)
    form = (await noah.types("/debt claim")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    body = submitted(form, noah)
    named = json.loads(body["view"]["private_metadata"]) | {"respond": address}
    body["view"]["private_metadata"] = json.dumps(named)
    assert (await send(slack, interaction(body)))[0] == 200
    assert not [call for call in slack.calls if call.method == "response_url"]
    assert "noah" in noah.dms()[-1].shown.lower()


@pytest.mark.parametrize("metadata", ["", "{", "[]", "7", '{"channel": 7}', '{"home": "yes"}'])
async def test_private_metadata_that_is_not_ours_is_a_malformed_payload(
    slack: Sandbox, noah: Person, ledger: Ledger, metadata: str
) -> None:
    await ledger.add(owner=None)
    form = (await noah.types("/debt claim")).form
    assert form is not None
    body = submitted(form, noah)
    body["view"]["private_metadata"] = metadata
    assert (await send(slack, interaction(body)))[0] == 400


# -------------------------------------------------------------------------------- acting once


async def test_a_command_that_slack_sends_twice_logs_hours_once(
    slack: Sandbox, dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    body = urlencode(typed(dana, "log D-1 2h review"))
    assert (await send(slack, body))[0] == 200
    assert await send(slack, body) == (200, "")
    assert (await ledger.get(artifact)).minutes_logged == 120


async def test_the_same_words_typed_twice_are_two_acts(dana: Person, ledger: Ledger) -> None:
    artifact = await ledger.add()
    await dana.types("/debt log D-1 2h review")
    await dana.types("/debt log D-1 2h review")
    assert (await ledger.get(artifact)).minutes_logged == 240


async def test_a_form_that_slack_sends_twice_acts_once(
    slack: Sandbox, dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    form = (await dana.types("/debt log D-1")).form
    assert form is not None
    form.fill("Hours", "2h")
    body = interaction(submitted(form, dana))
    for _ in range(3):
        assert (await send(slack, body))[0] == 200
    assert (await ledger.get(artifact)).minutes_logged == 120


async def test_a_form_that_was_refused_may_be_submitted_again(dana: Person, ledger: Ledger) -> None:
    artifact = await ledger.add()
    form = (await dana.types("/debt log D-1")).form
    assert form is not None
    form.fill("Hours", "soon")
    assert (await form.submit()).errors
    form.fill("Hours", "2h")
    assert not (await form.submit()).errors
    assert (await ledger.get(artifact)).minutes_logged == 120


async def test_a_press_that_slack_sends_twice_acts_once(
    slack: Sandbox, dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    message = (await dana.types("/debt log D-1 2h review")).message
    control = message.control("Take back")
    chosen = {"value": control.element["value"]}
    body = interaction(dana._office.payloads.message_action(message, dana.user, chosen, control))
    for _ in range(2):
        assert (await send(slack, body))[0] == 200
    assert (await ledger.get(artifact)).minutes_logged == 0
