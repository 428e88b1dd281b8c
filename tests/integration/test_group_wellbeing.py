"""What pupils of a group say of themselves, taken together, over a real hub: of five or more, for whoever reads it, and beside it what was
published of the group from the national survey."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import webhooks
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL = "101001"
FIFTH = [Person(f"a{n}", "student", f"elev5a{n:02}") for n in range(7)]
SIXTH = [Person(f"b{n}", "student", f"elev6b{n:02}") for n in range(8)]
LONE, MATS, OLE = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002", "ole00003")))
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, *FIFTH]),
    SchoolClass("5.MAT", "5.MAT", None, [MATS, *FIFTH], kind="scheduled", subject="MAT"),
    SchoolClass("6.B", "6.B", 6, [OLE, *SIXTH]),
    SchoolClass("6.BIL", "6.BIL", None, [OLE, *SIXTH[:6]], kind="scheduled", subject="BIL"),
]
SOCIAL = (1, 2, 3, 3, 4, 5, 5)
"""What each of 5.A says, three times over; in 6.B each says one more or less than in the other half."""
HOME = ["pupil", "home_class_teacher"]
AT = datetime.now(UTC) - timedelta(minutes=30)
Json = dict[str, Any]


def said(who: Person, told: Sequence[str], **dimensions: int) -> Json:
    """Three answers in each dimension."""
    answers = [webhooks.answer(f"{name}-{n}", value, dimension=name) for name, value in dimensions.items() for n in range(3)]
    pupil = {"scheme": "unilogin", "value": who.unilogin}
    return webhooks.checkin(AT.isoformat(), *answers, pupil=pupil, visibility=list(told), run="-".join(sorted(dimensions)))


def published(indicator: str, mean: float, n: int, year: int = 2026, group: str = "5.A") -> Json:
    return {
        "specversion": "1.0", "id": f"{group}-{indicator}-{year}", "source": "https://opgaver.example", "time": AT.isoformat(),
        "type": "dk.fremgang.wellbeing.aggregate_published.v1", "subject": f"group:{group}",
        "data": {"year": year, "level": "class", "indicator": indicator, "mean": mean, "n": n},
    }  # fmt: skip


def told_by_platform(hub: Hub, *events: Json) -> httpx.Response:
    batch = {"Content-Type": "application/cloudevents-batch+json"}
    return hub.http.post("/events", content=json.dumps(events), auth=hub.supplier("opgaver", "cloudevents"), headers=batch)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """In 5.A all say how they are with others and all the same of calm; four of how they manage; support is said to themselves alone."""
    with running(tmp_path_factory.mktemp("hub")) as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        tool = started.supplier("tjek", "wellbeing_checkin")
        messages = [said(who, HOME, social=value, calm=4) for who, value in zip(FIFTH, SOCIAL, strict=True)]
        messages += [said(who, HOME, academic=2 + n % 3) for n, who in enumerate(FIFTH[:4])]
        messages += [said(who, ["pupil"], support=2 + n % 3) for n, who in enumerate(FIFTH)]
        messages += [said(who, HOME, social=2 + n % 2) for n, who in enumerate(SIXTH)]
        assert {webhooks.send(started, tool, one).status_code for one in messages} == {200}
        answer = told_by_platform(
            started, published("social", 4.1, 18, 2025), published("social", 3.9, 17), published("calm", 3.6, 17),
            published("general", 3.7, 17), published("social", 2.2, 9, 2027, "6.B"),
        )  # fmt: skip
        assert answer.json()["published"] == 5
        started.ledger(started.token("--controller"))
        yield started


def wellbeing(hub: Hub, who: Person, group: str) -> dict[str, Json]:
    """Pupil indicator -> the group's reading of it."""
    token = hub.token("--teacher", f"unilogin:{who.unilogin}")
    groups = {one["source_id"]: one["id"] for one in hub.get("/v1/groups", token)["groups"]}
    readings = hub.get(f"/v1/groups/{groups[group]}/summary", token, indicator="wellbeing")["readings"]
    assert {(one["indicator"], one["subject"], one["window"]["name"], one["unit"]) for one in readings} == {
        ("wellbeing", None, "Y", "scale_1_to_5")
    }
    return {one["of"]: one for one in readings}


def test_mean_and_standard_error_of_those_who_answered(hub: Hub) -> None:
    """23 / 7 is 3.29, the squares of the distances are 13.43; the root of 13.43 / (6 * 7) is 0.57. Seven pupils are told as five."""
    told = wellbeing(hub, LONE, "5.A")
    assert set(told) == {"motivation", "wellbeing-social", "wellbeing-academic", "wellbeing-support", "wellbeing-calm"}
    social = told["wellbeing-social"]
    assert (social["value"], social["standard_error"], social["n"], social["pupils"], social["reason"]) == (3.3, 0.6, 5, 5, None)
    assert social["text"]["en"] == (
        "The pupils' own answers in local check-ins are 3.3 on average on a scale from 1 to 5, of 5 of 5 pupils; the standard error is 0.6."
        " Numbers of pupils are rounded to the nearest 5."
    )


def test_four_are_too_few_also_for_the_home_class_teacher(hub: Hub) -> None:
    academic = wellbeing(hub, LONE, "5.A")["wellbeing-academic"]
    assert (academic["value"], academic["n"], academic["standard_error"], academic["reason"]) == (None, None, None, "too_few_pupils")
    assert not re.search("4", academic["text"]["da"] + academic["text"]["en"])


def test_where_all_say_the_same_nothing_is_told(hub: Hub) -> None:
    calm = wellbeing(hub, LONE, "5.A")["wellbeing-calm"]
    assert (calm["value"], calm["n"], calm["standard_error"], calm["reason"]) == (None, None, None, "all_alike")


def test_an_answer_that_the_reader_would_not_see_of_the_pupil_is_not_in_the_groups_either(hub: Hub) -> None:
    assert wellbeing(hub, LONE, "5.A")["wellbeing-support"]["reason"] == "too_few_pupils"
    assert {one["reason"] for one in wellbeing(hub, MATS, "5.MAT").values()} == {"too_few_pupils"}, "told to the home-class teacher alone"


def test_a_group_within_a_group_does_not_tell_of_the_two_that_it_leaves_out(hub: Hub) -> None:
    whole, part = (wellbeing(hub, OLE, group)["wellbeing-social"] for group in ("6.B", "6.BIL"))
    assert (whole["value"], whole["n"], whole["reason"]) == (None, None, "told_beside")
    assert (part["value"], part["n"], part["reason"]) == (2.5, 5, None)


def test_what_was_published_stands_beside_and_is_no_part_of_it(hub: Hub) -> None:
    told = wellbeing(hub, LONE, "5.A")
    assert told["wellbeing-social"]["published"] == {"survey": "national", "year": 2026, "level": "class", "mean": 3.9, "n": 17}
    assert told["wellbeing-calm"]["published"]["mean"] == 3.6, "also where the pupils' own answers are not told"
    assert {told[name]["published"] for name in ("motivation", "wellbeing-academic", "wellbeing-support")} == {None}
    assert wellbeing(hub, OLE, "6.BIL")["wellbeing-social"]["published"] is None, "it is of the class that it was said of"


def test_an_aggregate_of_fewer_than_five_is_not_taken_nor_one_of_a_pupil(hub: Hub) -> None:
    few = published("academic", 3.0, 4)
    of_one = published("academic", 3.0, 20) | {"id": "of-one", "subject": f"unilogin:{FIFTH[0].unilogin}"}
    answer = told_by_platform(hub, few, of_one).json()
    assert (answer["failed"], answer["published"]) == (2, 0)
    assert [(one["reason"], one["pointer"]) for one in answer["errors"]] == [
        ("value_invalid", "/0/data/n"),
        ("subject_invalid", "/1/subject"),
    ]
    assert wellbeing(hub, LONE, "5.A")["wellbeing-academic"]["published"] is None


def test_no_other_view_of_the_class_has_it(hub: Hub) -> None:
    token = hub.token("--teacher", f"unilogin:{LONE.unilogin}")
    (group,) = (one["id"] for one in hub.get("/v1/groups", token)["groups"])
    view = hub.http.get(f"/v1/groups/{group}/indicators", headers=dict(token)).text
    assert "wellbeing" not in view
    assert "motivation" not in view
