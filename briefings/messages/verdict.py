"""What Slack's answer to a message means: it has it, may have it, will take it later, or never."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from slack_sdk.errors import SlackApiError

BETWEEN_TRIES = timedelta(seconds=30)
# Slack may have accepted the message before it answered with one of these.
UNSURE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_CHANNEL_TROUBLE = {
    "not_in_channel": "I am not in the channel; invite me with /invite",
    "channel_not_found": "I cannot see the channel; invite me with /invite",
    "is_archived": "the channel is archived",
    "missing_scope": "the app has lost a permission it needs; reinstall it from manifest.yml",
    "restricted_action": "posting there is restricted",
    "restricted_action_read_only_channel": "posting there is restricted",
    "restricted_action_thread_only_channel": "posting there is restricted",
}
# Nothing is wrong with the message: it waits until the app is let in again.
_APP_TROUBLE = {
    "account_inactive",
    "ekm_access_denied",
    "invalid_auth",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
}


class Verdict(Enum):
    """What a try came to."""

    SENT = auto()
    AGAIN = auto()
    UNKNOWN = auto()
    NEVER = auto()
    LATE = auto()


@dataclass(frozen=True, slots=True)
class SendResult:
    """`wait`: the seconds Slack asked for. `until`: when the person may be spoken to again.
    `barred`: the channel takes nothing at all.
    """

    verdict: Verdict
    ts: str = ""
    why: str = ""
    wait: float = 0
    until: datetime | None = None
    barred: bool = False

    @property
    def slack_is_away(self) -> bool:
        return self.verdict is Verdict.AGAIN and not self.wait and not self.until


def judged(error: SlackApiError) -> SendResult:
    answer: Any = error.response
    status = getattr(answer, "status_code", 200)
    code = answer.get("error", "") if isinstance(getattr(answer, "data", None), dict) else ""
    if status == 429 or code == "ratelimited":
        wait = float(answer.headers.get("Retry-After", 1))
        return SendResult(Verdict.AGAIN, why="ratelimited", wait=wait)
    if status >= 500 or code in UNSURE or not code:
        return SendResult(Verdict.UNKNOWN, why=code or f"HTTP {status}")
    if code in _APP_TROUBLE:
        return SendResult(Verdict.AGAIN, why=f"Slack does not let the app in: {code}")
    barred = _CHANNEL_TROUBLE.get(code)
    return SendResult(
        Verdict.NEVER, why=barred or f"Slack refused: {code}", barred=barred is not None
    )
