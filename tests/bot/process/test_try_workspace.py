"""`debt try` on a repository of one's own, with a policy of one's own."""

from pathlib import Path
from zoneinfo import ZoneInfo

from bot.process.try_workspace import opened
from debt.policy.markers import TeamMarkers, Tool
from debt.policy.policy import built_in
from sandbox.wire.moments import next_monday
from tests.intake.repositories import Story, Text, code

HOUSEBOT = Tool(name="Housebot", emails=("bot@house.example",))


async def test_what_a_teams_own_tools_wrote_is_shown_where_its_policy_names_them(
    tmp_path: Path,
) -> None:
    story = Story(tmp_path / "shop")
    for name in ("pay", "search"):
        files: dict[Text, Text] = {f"{name}/a.py": code(90, name)}
        story.commit("Begin", files, author="Housebot <bot@house.example>")
    async with opened(story.path, built_in(), port=0) as (_, filled):
        assert filled == "40 artifacts of a made-up team"
    ours = built_in().model_copy(update={"markers": TeamMarkers(tool=(HOUSEBOT,))})
    async with opened(story.path, ours, port=0) as (slack, filled):
        assert filled == "2 artifacts that AI tools wrote in shop"
        shown = await slack.person("dana").types("/debt list", "general")
        assert "pay" in shown.text
        assert "search" in shown.text
    scan = built_in().scan.model_copy(update={"max_new": 1})
    async with opened(story.path, ours.model_copy(update={"scan": scan}), port=0) as (_, filled):
        assert filled == "1 of 2 artifacts that AI tools wrote in shop"


async def test_what_a_new_week_set_going_is_finished_before_everything_ends(tmp_path: Path) -> None:
    async with opened(tmp_path, built_in(), port=0) as (slack, _):
        zone = ZoneInfo(slack.person("erin").user.tz)
        monday = slack.clock.set(next_monday(slack.clock.now(), zone))
    assert monday.done()
    await monday
    said = [each.text for each in slack.channel("payments").messages]
    assert any("need somebody this week" in text for text in said)
