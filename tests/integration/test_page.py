"""The page at `/` in a real browser: a class live, by name, explained, in two languages, wide and on a phone."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import CONTRASTS, PHONE, WIDE, chromium, looking
from harness import Hub, running
from playwright.sync_api import Browser, Locator, Page, expect
from rosters import Person, SchoolClass, package

from services.demo.school import Pupil, of_class
from services.demo.teacher import TEACHER

NOON = "2026-11-24T12:00:00+01:00"
LATER = "2026-11-25T12:00:00+01:00"
MORNING = datetime.fromisoformat("2026-11-24T09:00:00+01:00")
HOME_PAGE = "https://unilogin.dk"
BUSY, STEADY, QUIET, IDLE = PUPILS = of_class("5.A")[:4]
"""BUSY goes on answering while the page is open; STEADY has answered enough for a number, QUIET too little, IDLE nothing."""
DAYS = [("16-11-2026", "0", ""), ("17-11-2026", "0", ""), ("18-11-2026", "1", "S"), ("19-11-2026", "0", ""), ("20-11-2026", "0", "")]
"""Of STEADY: school day, absence, its code (illness), which no page shows."""
SOON = 15_000
"""Milliseconds within which a page that asks every other second shows what is new."""
ASSETS = Path(__file__).parents[2] / "services/serve/page"


def told_of(pupil: Pupil, kind: str, at: str, /, **data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": f"{kind} {at}", "source": "https://opgaverum.example", "type": f"dk.fremgang.{kind}.v1",
        "subject": f"unilogin:{pupil.unilogin}", "time": at, "data": data,
    }  # fmt: skip


NOTE = "https://opgaverum.example/noter/1"
BESIDE = (
    told_of(STEADY, "note.linked", "2026-11-20T14:00:00+01:00", note_id="1", kind="note", title="Om gruppearbejdet", href=NOTE,
            author_role="lærer"),
    told_of(STEADY, "test.result", "2026-10-06T10:00:00+02:00", test_id="t", test_kind="national", grade=5, taken_on="2026-10-06",
            scale_id="s", category="over middel"),
    told_of(STEADY, "assignment.submitted", "2026-11-22T10:00:00+01:00", assignment_id="brok",
            submitted_at="2026-11-22T10:00:00+01:00"),
)  # fmt: skip
"""What the learning platform tells of STEADY beside."""


@dataclass
class School:
    """A hub with the class 5.A in it, and the credential of the material that its pupils use."""

    hub: Hub
    material: tuple[str, str]

    def answers(self, told: list[dict[str, Any]]) -> None:
        assert self.hub.statements(self.material, told).status_code == 200


def answered(pupil: Pupil, item: str, at: datetime, *, right: bool) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": HOME_PAGE, "name": pupil.unilogin}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"https://matematik-x.dk/opgaver/{item}"},
        "result": {"success": right},
        "timestamp": at.isoformat(),
    }


def history(pupil: Pupil, count: int) -> list[dict[str, Any]]:
    """Of all but the last six right, on two finished days; 17 of 23 are 73.9 %."""
    return [answered(pupil, f"brøk-{n}", MORNING - timedelta(days=4 + n % 2, minutes=n), right=n < count - 6) for n in range(count)]


def introduced(hub: Hub) -> School:
    people = [Person("t1", "teacher", TEACHER.value), *(Person(f"e{n}", "student", one.unilogin) for n, one in enumerate(PUPILS))]
    office = hub.supplier("skole", "oneroster_csv")
    roster = package("101001", [SchoolClass("5A", "5.A", 5, people)])
    assert hub.file(office, "oneroster_csv", roster, as_of="2026-08-10T08:00:00+02:00").status_code == 200
    material = hub.supplier("matematik-x", "xapi", subject="MAT", identity=f"{HOME_PAGE}=unilogin", expected_by="08:00")
    school = School(hub, material)
    school.answers([*history(BUSY, 23), *history(STEADY, 23), *history(QUIET, 8)])
    days = "\r\n".join(["unilogin;dato;fravaer;aarsag", *(f"{STEADY.unilogin};{day};{away};{cause}" for day, away, cause in DAYS), ""])
    register = hub.supplier("skoleadm", "attendance_csv")
    assert hub.file(register, "attendance_csv", days.encode(), as_of="2026-11-24T11:00:00+01:00").json()["failed"] == 0
    platform = hub.supplier("opgaverum", "cloudevents", subject="MAT")
    answer = hub.http.post("/events", json=[*BESIDE], auth=platform, headers={"Content-Type": "application/cloudevents-batch+json"})
    assert answer.json()["published"] == len(BESIDE), answer.text
    hub.ledger(hub.token("--controller"))
    return school


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with running(tmp_path_factory.mktemp("hub"), clock=NOON) as hub:
        yield introduced(hub)


def cell(page: Page, pupil: Pupil, indicator: str) -> Locator:
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=pupil.name, exact=True))
    return row.locator(f"button.cell[data-cell*='|{indicator}|']")


def first_try(page: Page, pupil: Pupil) -> Locator:
    return cell(page, pupil, "first-try-correctness")


def text(where: Locator) -> str:
    """With spaces that do not break as spaces."""
    return re.sub(r"\s+", " ", where.inner_text())


def right_of(page: Page, pupil: Pupil) -> tuple[int, str]:
    """How many tasks the first-try cell counts, and its figures."""
    told = re.search(r"(\d+) opgaver", text(first_try(page, pupil)))
    assert told, text(first_try(page, pupil))
    return int(told[1]), first_try(page, pupil).locator(".value").inner_text()


def test_the_class_stands_by_name_with_what_each_number_counts(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(page.get_by_role("heading", level=1)).to_have_text("Klasse 5.A", timeout=SOON)
        expect(page.get_by_role("rowheader")).to_have_text(sorted(pupil.name for pupil in PUPILS))
        assert re.match(r"73,9 % 5\d,\d–8\d,\d % 23 opgaver$", text(first_try(page, STEADY).locator(".body")))
        expect(page.get_by_role("columnheader", name="Rigtige i første forsøg")).to_contain_text("20 skoledage")
        expect(page.locator("#sources")).to_contain_text(re.compile(r"matematik-x data til .* (frisk|forsinket)"))
        expect(page.locator("#as-of")).to_have_text(re.compile(r"Opgjort tirsdag den 24. november 2026 kl. 12\.\d\d\.\d\d"))
        expect(page.locator("caption")).to_contain_text("Arbejde på papir og mundtligt arbejde ses ikke")
        expect(page.locator(".whose")).to_be_visible()
        expect(page.locator(".playing")).to_contain_text("opdigtede")
        assert look.complaints == []


def test_no_number_means_a_dash_and_the_reason_in_words(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        expect(first_try(look.page, QUIET).locator(".value")).to_have_text("–", timeout=SOON)
        words = "Færre end 20 opgaver er bedømt i første forsøg i perioden (her: 8), så en procent ville sige for lidt."
        expect(first_try(look.page, QUIET).locator(".reason")).to_have_text(words)
        expect(cell(look.page, IDLE, "items-answered").locator(".reason")).to_contain_text("Det betyder ikke, at eleven intet har lavet.")
        first_try(look.page, QUIET).click()
        expect(look.page.get_by_role("dialog").locator(".sentence")).to_have_text(words)


def test_a_new_answer_changes_the_number_without_a_reload(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(first_try(page, BUSY).locator(".value")).to_contain_text("%", timeout=SOON)
        opened, (before, figures) = list(look.navigations), right_of(page, BUSY)
        school.answers([answered(BUSY, f"ny-{uuid.uuid4()}", MORNING + timedelta(minutes=before), right=False)])
        expect(first_try(page, BUSY)).to_contain_text(f"{before + 1}\u00a0opgaver", timeout=SOON)
        assert right_of(page, BUSY)[1] != figures
        expect(first_try(page, BUSY).locator("xpath=..")).to_have_class("changed")
        expect(first_try(page, BUSY)).to_contain_text("nyt")
        expect(page.locator("#changes")).to_contain_text(f"ændret hos {BUSY.name}")
        expect(page.locator("#changes")).to_have_attribute("aria-live", "polite")
        expect(page.locator("td.changed")).to_have_count(0, timeout=SOON)
        assert look.navigations == opened
        assert look.complaints == []


def test_by_keyboard_a_number_is_explained_down_to_the_new_fact(school: School, browser: Browser) -> None:
    item = f"tast-{uuid.uuid4().hex[:8]}"
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(first_try(page, BUSY)).to_be_visible(timeout=SOON)
        tabbed_to_a_cell(page)
        moved_to(page, first_try(page, BUSY))
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=BUSY.name)
        expect(dialog.locator(".sentence")).to_contain_text("rigtige i første forsøg")
        school.answers([answered(BUSY, item, MORNING + timedelta(hours=1), right=True)])
        newest = dialog.locator(".facts li").first
        expect(newest).to_contain_text(re.compile(rf"tirs?\. 24\. nov.*{item}.*rigtig.*matematik-x"), timeout=SOON)
        for term in ("Sådan er det regnet", "Det ser tallet ikke", "Mindst for at vise et tal", "Periode", "Kilder"):
            expect(dialog.get_by_text(term, exact=True)).to_be_visible()
        expect(dialog).to_contain_text(re.compile(r"\d+\. okt\..24\. nov\. 2026"))
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(first_try(page, BUSY)).to_be_focused()


def test_attendance_is_explained_and_its_causes_are_not_shown(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(cell(page, STEADY, "attendance")).to_contain_text("80,0\u00a0%", timeout=SOON)
        cell(page, STEADY, "attendance").click()
        dialog = page.get_by_role("dialog", name=STEADY.name)
        expect(dialog.locator(".sentence")).to_contain_text("Til stede 4 af 5 registrerede dage (80,0 %)")
        told = [re.sub(r"\W+", " ", one).strip() for one in dialog.locator(".facts li").all_inner_texts()]
        assert told == [
            "fre 20 nov Hele dagen til stede skoleadm", "tors 19 nov Hele dagen til stede skoleadm",
            "ons 18 nov Hele dagen fraværende 1 dag skoleadm", "tirs 17 nov Hele dagen til stede skoleadm",
            "man 16 nov Hele dagen til stede skoleadm",
        ]  # fmt: skip
        assert look.complaints == []


def test_a_name_opens_what_is_told_of_the_pupil_beside_the_numbers(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        name = page.get_by_role("button", name=STEADY.name, exact=True)
        expect(name).to_be_visible(timeout=SOON)
        name.click()
        dialog = page.get_by_role("dialog", name=STEADY.name)
        expect(dialog.get_by_role("heading", level=3)).to_have_text(
            ["Senest i gang", "Seneste nationale test", "Seneste noter", "Venter på feedback"], timeout=SOON
        )
        for words in (
            "Matematik",
            "National test 06.10.2026, 5. klasse: over middel",
            "Noter i de seneste 20 skoledage: 1",
            "har ventet 2 dage",
        ):
            expect(dialog).to_contain_text(words)
        expect(dialog.get_by_role("link")).to_have_attribute("href", NOTE)
        expect(dialog.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
        assert [one for one in page.evaluate(CONTRASTS) if one[1] < 4.5] == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(name).to_be_focused()
        assert look.complaints == []


def tabbed_to_a_cell(page: Page) -> None:
    """The class is one tab stop, after the page's own controls."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.cell')"):
            return
    raise AssertionError("the class is not reached by Tab")


def moved_to(page: Page, wanted: Locator) -> None:
    """By the arrow keys alone."""
    page.keyboard.press("Home")
    key = wanted.get_attribute("data-cell") or ""
    here = "document.activeElement.dataset.cell"
    for _ in PUPILS:
        if page.evaluate(here).split("|")[0] != key.split("|")[0]:
            page.keyboard.press("ArrowDown")
    for _ in range(8):
        if page.evaluate(here) != key:
            page.keyboard.press("ArrowRight")
    assert page.evaluate(here) == key


def test_danish_and_english(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(first_try(page, STEADY).locator(".value")).to_contain_text("73,9", timeout=SOON)
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=1)).to_have_text("Class 5.A")
        expect(first_try(page, STEADY)).to_contain_text("73.9")
        expect(page.get_by_role("columnheader", name="Right at first try")).to_be_visible()
        first_try(page, STEADY).click()
        expect(page.get_by_role("dialog").locator(".sentence")).to_contain_text("73.9 % right at first try: 17 of 23 tasks")
        page.keyboard.press("Escape")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Class 5.A", timeout=SOON)
        page.get_by_role("button", name="Dansk").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Klasse 5.A")
    with looking(browser, school.hub.url, language="en-GB") as look:
        expect(look.page.get_by_role("heading", level=1)).to_have_text("Class 5.A", timeout=SOON)


def test_a_window_can_be_chosen_where_there_are_several(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        page = look.page
        expect(page.get_by_role("columnheader", name="Fremmøde")).to_contain_text("20 skoledage", timeout=SOON)
        page.get_by_label("Fremmøde").select_option("Q")
        expect(page.get_by_role("columnheader", name="Fremmøde")).to_contain_text("kvartalet til dato")
        expect(cell(page, STEADY, "attendance")).to_have_attribute("data-cell", re.compile(r"\|Q$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(school: School, browser: Browser, scheme: str) -> None:
    with looking(browser, school.hub.url, size=PHONE, scheme=scheme) as look:
        page = look.page
        expect(first_try(page, STEADY)).to_be_visible(timeout=SOON)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        expect(first_try(page, STEADY)).to_contain_text("Rigtige i første forsøg")
        first_try(page, STEADY).click()
        expect(page.locator(".facts li").first).to_be_visible()
        assert page.evaluate("document.querySelector('dialog').scrollWidth") <= PHONE[0]
        assert page.get_by_role("button", name="Luk").bounding_box()["height"] >= 40
        assert look.complaints == []


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_have_enough_contrast(school: School, browser: Browser, scheme: str, size: tuple[int, int]) -> None:
    """WCAG 2 AA: 4.5 to 1, of every element with words of its own against the first ground below it that is not clear."""
    with looking(browser, school.hub.url, size=size, scheme=scheme) as look:
        expect(first_try(look.page, STEADY)).to_be_visible(timeout=SOON)
        measured = look.page.evaluate(CONTRASTS)
        assert len(measured) > 30
        assert [one for one in measured if one[1] < 4.5] == []


def test_nothing_leaves_the_hubs_origin_and_no_name_reaches_the_hub(school: School, browser: Browser) -> None:
    with looking(browser, school.hub.url) as look:
        first_try(look.page, STEADY).click(timeout=SOON)
        expect(look.page.locator(".facts li").first).to_be_visible()
        assert {url.split("/")[2] for url, _ in look.requests} == {school.hub.url.split("/")[2]}
        sent = " ".join(url + body for url, body in look.requests)
        assert STEADY.unilogin in sent
        assert not [part for pupil in PUPILS for part in pupil.name.split() if part in sent]
        assert not [url for url, _ in look.requests if any(pupil.unilogin in url for pupil in PUPILS)]
        assert len([url for url, _ in look.requests if url.endswith("/v1/students:resolve")]) == 1


def test_the_page_may_run_nothing_but_its_own(school: School) -> None:
    for path in ("/", "/page/page.js", "/page/page.css", "/page/texts.json"):
        answer = school.hub.http.get(path)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "no-cache" in answer.headers["cache-control"]
    assert school.hub.http.get("/page/__init__.py").status_code == 404
    assert school.hub.http.get("/page/..%2f__init__.py").status_code == 404


def test_a_hub_without_classes_or_lost_and_an_expired_token_are_said(tmp_path: Path, browser: Browser) -> None:
    with running(tmp_path, clock=NOON) as hub, looking(browser, hub.url) as look:
        state = look.page.locator("#connection")
        expect(state).to_contain_text("Siden venter på skolens liste", timeout=SOON)
        introduced(hub)
        expect(state).to_have_text("Følger med: spørger hvert 2. sekund", timeout=SOON)
        hub.stop()
        expect(state).to_contain_text("Ingen kontakt med hubben", timeout=SOON)
        expect(first_try(look.page, STEADY)).to_contain_text("73,9")
        hub.env["FREMGANG_CLOCK"] = LATER
        hub.start()
        expect(state).to_contain_text("Adgangen er udløbet", timeout=40_000)
        look.page.get_by_role("button", name="Genindlæs siden").click()
        expect(state).to_have_text("Følger med: spørger hvert 2. sekund", timeout=SOON)


def test_what_rests_on_a_source_that_is_late_says_so_and_the_numbers_stay(tmp_path: Path, browser: Browser) -> None:
    """Nothing has come from matematik-x since Friday, and it is expected by eight; attendance is nothing of its."""
    with running(tmp_path, clock=NOON) as hub:
        introduced(hub)
        with looking(browser, hub.url) as look:
            expect(look.page.locator("#sources li[data-status=stale]")).to_contain_text("matematik-x", timeout=SOON)
            expect(first_try(look.page, STEADY)).to_contain_text("73,9")
            heads = look.page.locator("thead tr").nth(1).get_by_role("columnheader")
            expect(heads.filter(has_text="Matematik").first).to_contain_text("forsinket")
            expect(heads.filter(has_text="alle fag").first).not_to_contain_text("forsinket")
            first_try(look.page, STEADY).click()
            words = "matematik-x har ikke leveret til tiden. Det nyeste kan mangle; tallet er ikke sat ned af den grund."
            expect(look.page.get_by_role("dialog").locator(".late")).to_have_text(words)
            assert look.complaints == []


def texts() -> dict[str, dict[str, str]]:
    return json.loads((ASSETS / "texts.json").read_text("utf-8"))


@pytest.mark.quick
def test_every_text_is_in_both_languages_with_the_same_placeholders() -> None:
    assert len(texts()) > 80
    for key, told in texts().items():
        assert set(told) == {"da", "en"}, key
        assert all(words.strip() for words in told.values()), key
        assert sorted(re.findall(r"{\w+}", told["da"])) == sorted(re.findall(r"{\w+}", told["en"])), key


@pytest.mark.quick
def test_every_text_that_the_page_names_is_there_and_none_is_left_over() -> None:
    code = "".join(file.read_text("utf-8") for file in ASSETS.iterdir() if file.suffix in {".js", ".html"})
    named = set(re.findall(r"""(?:\bt\(|data-text=|data-label=)"([a-z][\w.-]*)\"""", code))
    quoted = set(re.findall(r'"([a-z][\w.-]*)"', code))
    begun = set(re.findall(r"`([a-z][\w.-]*\.)\$\{", code))
    assert named <= set(texts())
    assert [key for key in texts() if key not in quoted and not key.startswith(tuple(begun))] == []
