"""The load of an invented municipality: 10,000 pupils, statements that the hub takes whole, made much faster than they are taken."""

import json
import time
from datetime import date
from itertools import islice

import pytest
from unit.posting import registration, request

from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from connectors.xapi import CONNECTOR as XAPI
from contracts.connector import NotUsed, Published, Translation
from contracts.dates import SECOND, instant, local_date, rfc3339
from services.demo.municipality import BATCH, municipality, preloaded, roster, stream, suppliers
from services.demo.people import everybody, pupils, teachers
from services.demo.plan import MOST, MOST_PUPILS, schools
from services.demo.telling import HOMEPAGE, Delivery

pytestmark = pytest.mark.quick

MONDAY = date(2026, 11, 23)
NOW = instant("2026-11-24T09:00:00Z")


def taken(one: Delivery) -> Translation:
    asked = suppliers()[one.supplier]
    by = registration(*asked["institutions"], tool=one.supplier, subject_code=asked["subject"], schemes=asked["identities"])
    headers = {name.lower().replace("-", "_"): value for name, value in one.headers.items()}
    return XAPI.translate(request(one.body, {}, by, **headers))


def test_the_municipality_has_ten_thousand_pupils_in_institutions_of_ten_to_thirty_classes() -> None:
    places, people = municipality(), list(everybody(municipality()))
    assert sum(len(school.classes) for school in places) == 400
    assert 9_900 < len(people) < 10_100
    assert all(10 <= len(school.classes) <= 30 for school in places[:-1])
    assert all(22 <= size <= MOST_PUPILS for school in places for size in list(school.classes.values())[3 * (school.index == 0) :])
    assert {school.number for school in places} == {pupil.institution for pupil in people}


@pytest.mark.parametrize("classes", [MOST, 2_600])
def test_nobody_shares_an_id_however_many_classes_there_are(classes: int) -> None:
    people = list(everybody(schools(classes)))
    taught = {one.unilogin for school in schools(classes) for one in teachers(school)}
    assert len({pupil.unilogin for pupil in people} - taught) == len({pupil.key for pupil in people}) == len(people) > 24 * classes
    assert len({(pupil.institution, pupil.name) for pupil in people}) == len(people)


def test_who_is_in_a_class_does_not_depend_on_how_many_there_are() -> None:
    few, many = pupils(schools(3)[0]), pupils(schools(400)[0])
    assert many[: len(few)] == few


def test_a_school_of_the_municipality_is_told_by_a_whole_roster() -> None:
    school = municipality()[7]
    told = ONEROSTER.translate(request(roster(school, MONDAY).body, {"as_of": rfc3339(NOW)}, registration(school.number)))
    assert all(isinstance(item, Published | NotUsed) for item in told.items)
    assert len(told.pupils[school.number]) == len(pupils(school, MONDAY))


def test_the_hub_takes_every_statement_of_the_stream_and_of_a_day_before() -> None:
    following = stream(1)
    requests = [following(NOW) for _ in range(60)] + list(islice(preloaded([MONDAY], 12), 60))
    assert {one.supplier for one in requests} == {"matematik-x", "ordleg", "dansk-video", "bogorm", "naturlab"}
    for one in requests:
        told = taken(one)
        assert len(told.items) == one.items <= BATCH
        assert all(isinstance(item, Published) for item in told.items)
        assert {draft.subject.scheme for item in told.items if isinstance(item, Published) for draft in item.drafts} == {"unilogin"}
        assert HOMEPAGE.encode() in one.body


def test_new_statements_come_without_end_and_those_of_the_past_once() -> None:
    first, second = stream(1), stream(2)
    told = [following(NOW + number * SECOND) for number in range(100) for following in (first, second)]
    told += preloaded([MONDAY, date(2026, 11, 24)], 12)
    names = [statement["id"] for one in told for statement in json.loads(one.body)]
    assert len(names) == len(set(names)) > 14_000


def test_they_are_of_the_last_second_or_of_their_day() -> None:
    following = stream(3)
    for statement in json.loads(following(NOW).body):
        assert NOW - 2 * SECOND < instant(statement["timestamp"]) <= NOW
    for one in preloaded([MONDAY], 4):
        assert {local_date(instant(statement["timestamp"])) for statement in json.loads(one.body)} == {MONDAY}


def test_the_same_arguments_give_the_same_bytes() -> None:
    first, again = stream(5), stream(5)
    assert [first(NOW).body for _ in range(20)] == [again(NOW).body for _ in range(20)]
    assert [one.body for one in preloaded([MONDAY], 8)] == [one.body for one in preloaded([MONDAY], 8)]


def test_a_pupil_has_about_eighteen_statements_a_day() -> None:
    assert 15 < sum(one.items for one in preloaded([MONDAY], 40)) / len(list(everybody(schools(40)))) < 21


def test_fifty_thousand_statements_are_made_in_a_second_of_cpu() -> None:
    following = stream(7)
    following(NOW)
    began = time.process_time()
    made = sum(following(NOW).items for _ in range(400))
    assert made / (time.process_time() - began) > 50_000
