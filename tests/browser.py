"""A real Chromium looking at a page, and what it heard while it did: requests, console, navigations."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDE, PHONE = (1280, 900), (390, 844)


@dataclass
class Look:
    """An open page. requests: (URL, body) of every request. complaints: errors and warnings of the console and of scripts."""

    page: Page
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)

    def listen(self) -> "Look":
        self.page.on("request", lambda one: self.requests.append((one.url, one.post_data or "")))
        self.page.on("console", lambda one: self.complaints.append(one.text) if one.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("framenavigated", lambda frame: self.navigations.append(frame.url))
        return self


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, else the one that Playwright installs."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@contextmanager
def looking(browser: Browser, url: str, *, size: tuple[int, int] = WIDE, language: str = "da-DK", scheme: str = "light") -> Iterator[Look]:
    """scheme: light or dark."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme="dark" if scheme == "dark" else "light"
    )
    try:
        look = Look(context.new_page()).listen()
        look.page.goto(url)
        yield look
    finally:
        context.close()
