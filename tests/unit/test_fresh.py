"""A source is stale when nothing of a school day has come by the hour declared for it, by the calendar of each school."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contracts.connector import Registration
from contracts.dates import Micros, micros, rfc3339
from contracts.envelope import Envelope
from contracts.facts import Report, SheetKey
from contracts.ports import Freshness, Record
from services.serve.shapes import Late, delivery, late
from streams.cadence import Cadence
from streams.fold import fold
from streams.fresh import Source, sources, status
from streams.roster import Part, Roster
from streams.window import Calendar

pytestmark = pytest.mark.quick

SCHOOL, OTHER = "101001", "101002"
BY_THREE = Cadence(time(15))
AUTUMN = Calendar({date(2026, 10, 12) + timedelta(days=n): False for n in range(5)})
"""Week 42."""
EASTER = Calendar({date(2027, 3, 20) + timedelta(days=n): False for n in range(10)})


def at(day: str, hour: str = "12:00", fold: int = 0) -> Micros:
    return micros(datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo("Europe/Copenhagen"), fold=fold))


@pytest.mark.parametrize(
    ("now", "newest", "cadence", "calendar", "told"),
    [
        pytest.param(("2026-11-24", "14:59"), "2026-11-23", BY_THREE, Calendar(), "fresh", id="before its hour yesterday is enough"),
        pytest.param(("2026-11-24", "15:00"), "2026-11-23", BY_THREE, Calendar(), "stale", id="at its hour it is not"),
        pytest.param(("2026-11-24", "15:00"), "2026-11-24", BY_THREE, Calendar(), "fresh", id="what is of today is"),
        pytest.param(("2026-11-22", "18:00"), "2026-11-20", BY_THREE, Calendar(), "fresh", id="nothing is expected on a Sunday"),
        pytest.param(("2026-11-23", "15:00"), "2026-11-20", BY_THREE, Calendar(), "stale", id="on Monday it is"),
        pytest.param(("2026-10-16", "18:00"), "2026-10-09", BY_THREE, AUTUMN, "fresh", id="nor in the autumn break"),
        pytest.param(("2026-10-16", "18:00"), "2026-10-08", BY_THREE, AUTUMN, "stale", id="but of the day before it"),
        pytest.param(("2026-10-19", "15:00"), "2026-10-09", BY_THREE, AUTUMN, "stale", id="and when school begins again"),
        pytest.param(("2027-03-29", "18:00"), "2027-03-19", BY_THREE, EASTER, "fresh", id="nor at Easter"),
        pytest.param(("2027-03-30", "15:00"), "2027-03-19", BY_THREE, EASTER, "stale", id="Easter is over"),
        pytest.param(("2026-11-25", "18:00"), "2026-11-23", BY_THREE, Calendar({date(2026, 11, 24): False, date(2026, 11, 25): False}),
                     "fresh", id="a snow day that was closed late takes it back"),
        pytest.param(("2026-11-26", "18:00"), "2026-11-20", Cadence(time(15), frozenset({5})), Calendar(), "fresh", id="a weekly one"),
        pytest.param(("2026-11-27", "15:00"), "2026-11-20", Cadence(time(15), frozenset({5})), Calendar(), "stale", id="on its weekday"),
        pytest.param(("2026-11-27", "15:00"), "2026-11-20", Cadence(time(15), frozenset({5}), 1), Calendar(), "fresh", id="in its grace"),
        pytest.param(("2026-11-30", "15:00"), "2026-11-20", Cadence(time(15), frozenset({5}), 1), Calendar(), "stale", id="after it"),
        pytest.param(("2026-11-24", "18:00"), "2026-11-20", Cadence(time(15), stale_after=1), Calendar(), "stale", id="two missed"),
        pytest.param(("2026-11-23", "18:00"), "2026-11-20", Cadence(time(15), stale_after=1), Calendar(), "fresh", id="one missed"),
        pytest.param(("2026-11-24", "18:00"), "2026-01-05", None, Calendar(), "undeclared", id="of whom nothing is declared"),
        pytest.param(("2026-11-24", "18:00"), None, BY_THREE, Calendar(), "stale", id="one that has never delivered"),
        pytest.param(("2026-11-24", "18:00"), None, Cadence(time(15), frozenset({6})), Calendar(), "fresh", id="one that never has to"),
        pytest.param(("2026-10-26", "02:29"), "2026-10-23", Cadence(time(2, 30)), Calendar(), "fresh", id="the night after the DST hour"),
        pytest.param(("2026-10-26", "02:30"), "2026-10-23", Cadence(time(2, 30)), Calendar(), "stale", id="and at its hour"),
    ],
)  # fmt: skip
def test_it_is_late_by_what_it_declared(
    now: tuple[str, str], newest: str | None, cadence: Cadence | None, calendar: Calendar, told: str
) -> None:
    assert status(at(newest) if newest else None, cadence, calendar, at(*now)) == told


def test_the_hour_that_comes_twice_is_one_hour() -> None:
    """On 25 October 2026 it is 02:30 twice; a school that has school on a Sunday expects by 02:30 and is late from the first."""
    open_ = Calendar({date(2026, 10, 24): True, date(2026, 10, 25): True})
    told = [status(at("2026-10-24"), Cadence(time(2, 30)), open_, at("2026-10-25", hour, fold)) for hour, fold in
            (("02:29", 0), ("02:30", 0), ("02:29", 1), ("02:30", 1), ("03:00", 0))]  # fmt: skip
    assert told == ["fresh", "stale", "stale", "stale", "stale"], "and stays so when the clock is put back"


def registered(name: str, *institutions: str, expected_by: str | None = None) -> Registration:
    return Registration(name, frozenset(), frozenset(institutions), name, expected_by=expected_by)


def declared(source: str, order: int, content: dict[str, object] | None) -> dict[str, dict[str, dict[str, Report]]]:
    told = None if content is None else {"source": source, "at": order, "stale_after": 0, **content}
    return {"source.cadence": {f'["{source}"]': {"r_1": Report(source, "cloudevents", 0, order, told)}}}


def school(institution: str, facts: dict[str, dict[str, dict[str, Report]]], *closed: date) -> Part:
    key = SheetKey("i_" + institution, institution, "source", "")
    days = {
        "roster.calendar_day": {
            day.isoformat(): {"c": Report("skole", "cloudevents", 0, 1, {"at": 1, "date": day.isoformat(), "school_day": False})}
            for day in closed
        }
    }
    return Part.of(institution, [(key, facts), (SheetKey("i_" + institution, institution, "roster", ""), days)])


def test_each_school_has_its_own_calendar_and_its_own_silence() -> None:
    now, closed = at("2026-11-24", "16:00"), date(2026, 11, 24)
    roster = Roster([school(SCHOOL, {}), school(OTHER, {}, closed)])
    known = [Freshness("material", one, at("2026-11-23"), at("2026-11-23")) for one in (SCHOOL, OTHER)]
    maths = registered("material", SCHOOL, OTHER, expected_by="15:00")
    assert [(one.institution, one.status) for one in sources(known, roster, [maths], {SCHOOL, OTHER}, now)] == [
        (SCHOOL, "stale"), (OTHER, "fresh"),
    ]  # fmt: skip
    assert [one.institution for one in sources(known, roster, [maths], {OTHER}, now)] == [OTHER]


def test_what_the_supplier_declares_comes_before_what_the_operator_did_until_it_is_taken_back() -> None:
    now, known = at("2026-11-24", "16:00"), [Freshness("material", SCHOOL, at("2026-11-23"), at("2026-11-23"))]
    by_operator = registered("material", SCHOOL, expected_by="15:00")

    def told(content: dict[str, object] | None) -> str:
        roster = Roster([school(SCHOOL, declared("material", 5, content))])
        (only,) = sources(known, roster, [by_operator], {SCHOOL}, now)
        return only.status

    assert told({"expected_by": "17:00"}) == "fresh"
    assert told({"expected_by": "12:00", "weekdays": [1, 2]}) == "stale"
    assert told({"expected_by": "12:00", "weekdays": [1]}) == "fresh"
    assert told(None) == "stale"


def test_who_may_not_deliver_to_a_school_any_more_is_not_expected_there() -> None:
    now, known = at("2026-11-24", "16:00"), [Freshness("material", SCHOOL, at("2026-11-20"), at("2026-11-20"))]
    roster = Roster([school(SCHOOL, declared("material", 5, {"expected_by": "12:00"}))])
    assert [one.status for one in sources(known, roster, [registered("material", OTHER)], {SCHOOL}, now)] == ["undeclared"]


def test_who_is_declared_and_has_never_delivered_is_told_of() -> None:
    found = sources([], Roster([]), [registered("material", SCHOOL, expected_by="08:00")], {SCHOOL}, at("2026-11-24", "16:00"))
    assert found == [Source("material", SCHOOL, None, "stale")]
    told = delivery(found, at("2026-11-24", "16:00"), 7)
    assert msgspec.to_builtins(told) == {
        "as_of": "2026-11-24T15:00:00.000000Z", "cursor": "7", "stale": [],
        "sources": [{"source": "material", "institution": SCHOOL, "data_until": None, "status": "stale"}],
    }  # fmt: skip


def test_what_rests_on_a_stale_source_is_named_and_below_five_pupils_only_to_who_sees_them() -> None:
    readings = [("items-answered", "MAT", ["material"])] * 4 + [("items-answered", "DAN", ["ordbog"]), ("attendance", "", ["skole"])]
    silent = frozenset({"material", "skole"})
    assert late(readings, silent) == [Late("items-answered", "MAT", ["material"]), Late("attendance", None, ["skole"])]
    assert late(readings, silent, 5) == []
    assert late([*readings, ("items-answered", "MAT", ["material"])], silent, 5) == [Late("items-answered", "MAT", ["material"])]


def test_a_clock_that_is_ahead_makes_no_source_fresh_beforehand() -> None:
    received, ahead = at("2026-11-24", "16:00"), at("2026-11-25", "10:00")
    envelope = Envelope(
        id="r_1.1.a", source="urn:fremgang:source:material", type="dk.fremgang.activity.item_answered.v1", subject="p_a",
        time=rfc3339(ahead), recordedtime=rfc3339(received), institution=SCHOOL, channel="xapi", itemkind="answered", part="1/1",
        period="2026-11-25", naturalkey='["material","r_1"]', report="r_1", order="1", op="assert",
        data=msgspec.Raw(msgspec.json.encode({"tool": "material", "item_id": "7"})),
    )  # fmt: skip
    folded = fold([Record("log", 1, msgspec.json.encode(envelope))], {}, frozenset())
    assert folded.freshness == {("material", SCHOOL): Freshness("material", SCHOOL, received, received)}
