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
CONTRASTS = """() => {
  const rgb = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const clear = (c) => c.length === 4 && c[3] === 0;
  const ground = (e) => { const c = rgb(getComputedStyle(e).backgroundColor); return clear(c) ? ground(e.parentElement) : c; };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility();
  return [...document.body.querySelectorAll("*")].filter(own).map((e) => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return [e.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05)];
  });
}"""
"""[words, contrast] of every element with words of its own, against the first ground below it that is not clear (WCAG 2)."""


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
