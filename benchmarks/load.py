"""A load of signed slash commands over keep-alive connections, from a process of its own."""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode

SECRET = "benchmark-signing-secret"


@dataclass(frozen=True)
class Load:
    """Requests a second, and the 99th percentile of their times in milliseconds."""

    per_second: float
    p99_ms: float


def command(text: str, user: str, port: int) -> bytes:
    """One whole HTTP request for `/debt text`, signed now (good for five minutes)."""
    fields = {"command": "/debt", "text": text, "user_id": user, "user_name": "dana"}
    fields |= {"team_id": "T1", "channel_id": "C1", "channel_name": "general", "trigger_id": "1.1"}
    fields |= {"response_url": "http://127.0.0.1:9/none", "api_app_id": "A1", "token": "none"}
    body = urlencode(fields)
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    head = [
        "POST /slack/events HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: v0={digest.hexdigest()}",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def run(port: int, request: bytes, count: int, connections: int) -> Load:
    """`count` requests over that many connections; every answer must be a 200."""
    times: list[float] = []
    share = count // connections
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_one(port, request, share, times))
    took = time.perf_counter() - started
    times.sort()
    return Load(len(times) / took, times[int(len(times) * 0.99)] * 1_000)


async def _one(port: int, request: bytes, count: int, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"answered {head[:40]!r}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - started)
    writer.close()
    await writer.wait_closed()
