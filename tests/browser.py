"""A real browser for tests: `browser_page` is a Chromium page that must not complain.

Chromium is looked for on PATH. In CI (CI=true) a missing one is a failure, elsewhere a reason to
skip. At the end of a test nothing may have gone wrong in the page: no error of its scripts, and
nothing that its policy had to stop.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000  # milliseconds
expect.set_options(timeout=PATIENCE)  # else 5 s, of which waiting for an app that is late takes 3


def chromium() -> str:
    """Where Chromium is."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    missing = f"no Chromium on PATH (looked for {', '.join(NAMES)}): install one for these tests"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield started
        finally:
            await started.close()


Opens = Callable[[], Awaitable[Page]]


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[Opens]:
    """Each call is another person's browser: a blank page of 1280×800, light, in English."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    async def opens() -> Page:
        context = await browser.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-US"
        )
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: _heard(message, problems))
        return page

    yield opens
    for context in contexts:
        await context.close()
    assert not problems


@pytest.fixture
async def browser_page(open_page: Opens) -> Page:
    """One such page; `await browser_page.goto(slack.url)`."""
    return await open_page()


def _heard(message: ConsoleMessage, problems: list[str]) -> None:
    """A refusal by the sandbox (400) is an answer; the page says it in words."""
    if message.type == "error" and "status of 4" not in message.text:
        problems.append(message.text)
