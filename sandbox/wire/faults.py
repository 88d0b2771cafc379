"""What may go wrong between Slack and the app, on request: each fault strikes `times` times."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sandbox.wire.wire import Json

Kind = Literal["lose_response", "answer", "delay", "late_accept"]


@dataclass
class Fault:
    kind: Kind
    times: int
    seconds: float = 0.0
    status: int = 200
    error: str | None = None
    retry_after: int | None = None

    def body(self) -> Json:
        default = "ratelimited" if self.status == 429 else "internal_error"
        return {"ok": False, "error": self.error or default}

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class Faults:
    """`method` is a Web API method, "response_url", or "*" for all of them."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Fault]] = defaultdict(list)

    def lose_response(self, method: str, times: int = 1) -> None:
        """The call takes effect, but the connection is cut before the answer."""
        self._waiting[method].append(Fault("lose_response", times))

    def late_accept(self, method: str, seconds: float, times: int = 1) -> None:
        """The connection is cut first; the call takes effect `seconds` later."""
        self._waiting[method].append(Fault("late_accept", times, seconds))

    def answer(
        self,
        method: str,
        *,
        status: int = 200,
        error: str | None = None,
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Refused with this status or error; it takes no effect."""
        self._waiting[method].append(
            Fault("answer", times, status=status, error=error, retry_after=retry_after)
        )

    def delay(self, method: str, seconds: float, times: int = 1) -> None:
        self._waiting[method].append(Fault("delay", times, seconds))

    def clear(self) -> None:
        self._waiting.clear()

    def strike(self, method: str) -> Fault | None:
        """The next fault that is due for this call, used up by asking."""
        for name in (method, "*"):
            if self._waiting[name]:
                fault = self._waiting[name][0]
                fault.times -= 1
                if fault.times < 1:
                    self._waiting[name].pop(0)
                return fault
        return None
