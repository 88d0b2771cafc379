"""A record of what the app called, for tests to read."""

from dataclasses import dataclass

from sandbox.wire.wire import Json


@dataclass(frozen=True)
class ApiCall:
    """One call as it came in: a Web API method, or "response_url".

    `outcome` is "ok" or Slack's error code; `answered` is False where the answer was lost.
    """

    method: str
    args: Json
    outcome: str
    answered: bool = True
