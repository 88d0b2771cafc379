"""A value that is there is well formed, or is named with what to do; secrets are never said."""

from pathlib import Path

import pytest

from bot.settings import Settings, WrongSetting, problems, read

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
}


def test_nothing_is_required_where_slack_is_not_spoken_to() -> None:
    assert read({}, need_slack=False) == Settings()


def test_every_value_is_read() -> None:
    environment = SLACK | {
        "DATABASE_URL": "postgres://debt@db/debt",
        "SLACK_APP_TOKEN": "xapp-1-A-2-b",
        "SLACK_API_URL": "http://127.0.0.1:4000/api",
        "HOST": "0.0.0.0",
        "PORT": "8080",
        "DEBT_POLICY": "policy.toml",
        "LOG_LEVEL": "debug",
    }
    assert read(environment, need_slack=True) == Settings(
        database_url="postgres://debt@db/debt",
        slack_bot_token="xoxb-1-abc",
        slack_signing_secret="8f742231b10e8888abcd99yyyzzz85a5",
        slack_app_token="xapp-1-A-2-b",
        slack_api_url="http://127.0.0.1:4000/api/",
        host="0.0.0.0",
        port=8080,
        policy=Path("policy.toml"),
        log_level="DEBUG",
    )


def test_all_that_is_missing_is_said_at_once_and_an_empty_value_is_missing() -> None:
    wrong = problems({"SLACK_BOT_TOKEN": " ", "PORT": "http"}, need_slack=True)
    assert [line.split()[0] for line in wrong] == [
        "PORT",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "debt.db"),
        ("DATABASE_URL", "mysql://root:hunter22@db/debt"),
        ("DATABASE_URL", "postgresql://debt:hunter22@db:port/debt"),
        ("SLACK_BOT_TOKEN", "xoxp-hunter22"),
        ("SLACK_BOT_TOKEN", "xoxb-hunter22 hunter22"),
        ("SLACK_SIGNING_SECRET", "hunter"),
        ("SLACK_APP_TOKEN", "xoxb-hunter22"),
        ("SLACK_API_URL", "slack.com"),
        ("SLACK_API_URL", "ftp://slack.com"),
        ("SLACK_API_URL", "http://["),
        ("HOST", "my host"),
        ("HOST", "["),
        ("HOST", "a..b"),
        ("SLACK_API_URL", "https://slack..com/api/"),
        ("DATABASE_URL", "postgresql://debt:hunter22@db..example/debt"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_malformed_value_is_named_without_giving_a_secret_away(name: str, value: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        read(SLACK | {name: value}, need_slack=False)
    assert str(wrong.value).startswith(f"{name} ")
    assert "hunter" not in str(wrong.value)


def test_settings_can_be_printed() -> None:
    environment = SLACK | {"DATABASE_URL": "postgresql://debt:hunter22@db/debt"}
    shown = repr(read(environment, need_slack=True))
    assert "xoxb" not in shown
    assert "8f742231" not in shown
    assert "hunter22" not in shown
