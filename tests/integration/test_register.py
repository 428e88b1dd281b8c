"""The public register in a real browser: without a token, in two languages, wide, on a phone, by keyboard and on paper."""

from collections.abc import Iterator

import pytest
from browser import CONTRASTS, PHONE, WIDE, chromium, looking
from harness import Hub, running
from playwright.sync_api import Browser, expect

from services.registry import discover_group_indicators, discover_indicators

COMPUTED = [*discover_indicators(), *discover_group_indicators()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as started:
        yield started


@pytest.mark.parametrize("language", ["da", "en"])
def test_everything_that_is_computed_can_be_read_without_a_token(hub: Hub, browser: Browser, language: str) -> None:
    with looking(browser, f"{hub.url}/register", language={"da": "da-DK", "en": "en-GB"}[language]) as look:
        page = look.page
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            {"da": "Hvad der regnes ud om elever", "en": "What is computed about pupils"}[language]
        )
        told = page.locator("#pupils article h3, #groups article h3").all_inner_texts()
        assert [f"{getattr(one.title, language)} {one.id}, version {one.version}" for one in COMPUTED] == told
        for one in COMPUTED:
            expect(page.locator(f"[id='{one.name}-{one.version}'] dd").first).to_have_text(getattr(one.formula, language))
        assert look.complaints == []
        assert {url.split("/")[2] for url, _ in look.requests} == {hub.url.split("/")[2]}


def test_the_other_language_is_a_link_away_and_wins_over_the_browsers(hub: Hub, browser: Browser) -> None:
    with looking(browser, f"{hub.url}/register", language="en-GB") as look:
        look.page.get_by_role("link", name="Dansk").click()
        expect(look.page.locator("html")).to_have_attribute("lang", "da")
        expect(look.page.get_by_role("link", name="Dansk")).to_have_attribute("aria-current", "true")
        expect(look.page.get_by_role("heading", level=2)).to_have_text([
            "Indhold", "Om den enkelte elev", "Ved siden af elevens tal", "Om en klasse eller et hold",
            "Hvad der med vilje ikke regnes ud", "Hvem der ser hvad", "Hvad der læses og gemmes, og hvor længe",
        ])  # fmt: skip


def test_by_keyboard_one_comes_to_a_number_and_to_what_it_is_computed_from(hub: Hub, browser: Browser) -> None:
    with looking(browser, f"{hub.url}/register?lang=da") as look:
        page = look.page
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Gå til indholdet")).to_be_focused()
        expect(page.get_by_role("link", name="Gå til indholdet")).to_be_in_viewport()
        page.get_by_role("navigation", name="Indhold").get_by_role("link", name="Rigtige i første forsøg").focus()
        page.keyboard.press("Enter")
        number = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Rigtige i første forsøg"))
        expect(number).to_be_in_viewport()
        number.get_by_role("link", name="Besvarelser af opgaver").focus()
        page.keyboard.press("Enter")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Besvarelser af opgaver i digitale materialer"))
        expect(row).to_be_in_viewport()
        expect(row).to_contain_text("120 dage")
        expect(row).to_contain_text("I4")
        heads = page.get_by_role("columnheader")
        expect(heads).to_have_text(["Oplysning", "Følsomhed", "Formål", "Gemmes", "Indgår i"])


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_with_enough_contrast(hub: Hub, browser: Browser, size: tuple[int, int], scheme: str) -> None:
    """WCAG 2 AA: 4.5 to 1; what is wider than the screen (the table) scrolls by itself."""
    with looking(browser, f"{hub.url}/register?lang=en", size=size, scheme=scheme) as look:
        assert look.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        measured = look.page.evaluate(CONTRASTS)
        assert len(measured) > 200
        assert [one for one in measured if one[1] < 4.5] == []
        for link in look.page.locator("header a").all():
            assert (link.bounding_box() or {"height": 0})["height"] >= 40
        look.page.get_by_role("region", name="All kinds of data").focus()
        assert look.complaints == []


def test_on_paper_it_is_all_there_and_nothing_is_cut(hub: Hub, browser: Browser) -> None:
    with looking(browser, f"{hub.url}/register?lang=da", size=(700, 900)) as look:
        look.page.emulate_media(media="print")
        expect(look.page.get_by_role("navigation", name="Indhold")).to_be_hidden()
        expect(look.page.locator("#pupils article, #groups article")).to_have_count(len(COMPUTED))
        assert look.page.evaluate("document.documentElement.scrollWidth") <= 700
        assert look.page.pdf(format="A4").startswith(b"%PDF")


def test_it_runs_nothing_and_says_which_language_it_is_in(hub: Hub) -> None:
    answer = hub.http.get("/register", headers={"Accept-Language": "en;q=0.9, da;q=0.1"})
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert (answer.headers["content-language"], answer.headers["vary"]) == ("en", "Accept-Language")
    assert hub.http.get("/register", params={"lang": "fr"}).status_code == 422
