"""The same pupil's day told by two channels of one tool, through a real hub (design 4.1, 4.3): what shares ids counts once; of what shares
none the higher channel counts, and the reading says so."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", datetime(2026, 11, 24, 11, tzinfo=UTC)
ANNA, LONE = Person("e1", "student", "anna1a2b"), Person("t1", "teacher", "lone0001")
OWN = "https://fremgang.dk/xapi/extensions/"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
Json = dict[str, Any]


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW.isoformat()}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        body = package(SCHOOL, [SchoolClass("c5a", "5.A", 5, [LONE, ANNA])])
        assert started.file(school, "oneroster_csv", body, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        yield started


def when(minutes: int, days_ago: int = 0) -> str:
    return (NOW - timedelta(days=days_ago, hours=2) + timedelta(minutes=minutes)).isoformat()


def statement(item: str, at: str, *, right: bool, attempt: tuple[str, int] | None = None) -> Json:
    told = {} if attempt is None else {"extensions": {OWN + "attempt": attempt[0], OWN + "attempt-no": attempt[1]}}
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://unilogin.dk", "name": "anna1a2b"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"https://regn.example/{item}"},
        "result": {"success": right},
        "context": told,
        "timestamp": at,
    }


def event(item: str, at: str, *, right: bool, attempt: tuple[str, int] | None = None) -> Json:
    numbered = {} if attempt is None else {"attempt": attempt[0], "attempt_no": attempt[1]}
    data = {"tool": "regn", "subject_code": "MAT", "item_id": f"https://regn.example/{item}", "correct": right, **numbered}
    return {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "https://regn.example/export", "subject": "unilogin:anna1a2b",
        "type": "dk.fremgang.activity.item_answered.v1", "time": at, "datacontenttype": "application/json", "data": data,
    }  # fmt: skip


def channels(hub: Hub, ranks: tuple[int, int]) -> tuple[tuple[str, str], tuple[str, str]]:
    """The tool's live statements, and its nightly events."""
    live = hub.supplier("regn-live", "xapi", tool="regn", subject="MAT", identity="https://unilogin.dk=unilogin", rank=str(ranks[0]))
    return live, hub.supplier("regn-nat", "cloudevents", tool="regn", subject="MAT", rank=str(ranks[1]))


def send(hub: Hub, credential: tuple[str, str], told: list[Json]) -> None:
    if credential[0] == "regn-live":
        answer = hub.statements(credential, told)
    else:
        answer = hub.http.post("/events", content=json.dumps(told), auth=credential, headers=BATCH)
        assert (answer.json()["failed"], answer.json()["not_used"]) == (0, 0), answer.text
    assert answer.status_code == 200, answer.text


def reading(hub: Hub) -> Json:
    """Anna's answered items, as her teacher's class view has them once all is folded."""
    hub.ledger(hub.token("--controller"))
    lone = hub.token("--teacher", "unilogin:lone0001")
    (group,) = hub.get("/v1/groups", lone)["groups"]
    (pupil,) = hub.get(f"/v1/groups/{group['id']}/indicators", lone, indicator="items-answered")["readings"]
    (told,) = pupil["indicators"]
    return dict(told)


def explained(hub: Hub, told: Json) -> Json:
    return dict(hub.get(told["explanation"], hub.token("--teacher", "unilogin:lone0001")))


TRIES = [("1", False, ("forsoeg-1", 1)), ("1", True, ("forsoeg-1", 2)), ("2", True, ("forsoeg-1", 1)), ("3", True, ("forsoeg-2", 1))]


@pytest.mark.parametrize("ranks", [(0, 0), (0, 1), (1, 0)])
def test_what_two_channels_tell_under_shared_ids_counts_once(hub: Hub, ranks: tuple[int, int]) -> None:
    live, night = channels(hub, ranks)
    send(hub, live, [statement(item, when(n), right=right, attempt=attempt) for n, (item, right, attempt) in enumerate(TRIES)])
    assert reading(hub)["today"] == {"value": 4.0, "n": 4}
    send(hub, night, [event(item, when(n), right=right, attempt=attempt) for n, (item, right, attempt) in enumerate(TRIES)])
    told = reading(hub)
    print(f"ranks {ranks}: 8 reports, today {told['today']}, sources {told['sources']}, outranked {told['outranked']}")
    assert told["today"] == {"value": 4.0, "n": 4}
    assert told["outranked"] == []
    first = ["regn-live", "regn-nat"][ranks[0] > ranks[1]]
    assert told["sources"] == [first] if len({*ranks}) == 2 else set(told["sources"]) <= {"regn-live", "regn-nat"}
    because = explained(hub, told)
    assert sum(one["facts"] for one in because["sources"]) == len(because["facts"]) == 4


def test_of_two_channels_that_share_no_ids_the_higher_counts_and_the_reading_says_so(hub: Hub) -> None:
    live, night = channels(hub, (0, 1))
    send(hub, night, [event(str(n), when(n, days_ago=1), right=True) for n in range(3)])
    send(hub, night, [event(str(n), when(n), right=True) for n in range(5)])
    alone = reading(hub)
    assert (alone["n"], alone["today"]["n"], alone["sources"], alone["outranked"]) == (3, 5, ["regn-nat"], [])
    assert "regn-nat" not in json.dumps(explained(hub, alone)["text"])
    send(hub, live, [statement(str(n), when(n), right=True) for n in range(4)])
    told = reading(hub)
    print(f"the night's 5 of today give way to the live 4: n {told['n']}, today {told['today']}, outranked {told['outranked']}")
    assert (told["n"], told["today"]["n"]) == (3, 4)
    assert (told["sources"], told["outranked"]) == (["regn-live", "regn-nat"], ["regn-nat"])
    because = explained(hub, told)
    print(because["text"]["da"], because["text"]["en"], sep="\n")
    assert because["reading"] == told
    assert because["text"]["da"].endswith(
        " Det, som regn-nat har leveret, tæller ikke med for de dage, hvor en anden kanal for det samme materiale går forud."
    )
    assert because["text"]["en"].endswith(
        " What regn-nat delivered does not count for the days on which another channel of the same material comes first."
    )
    assert because["sources"] == [{"source": "regn-live", "facts": 4}, {"source": "regn-nat", "facts": 3}]
    assert [fact["source"] for fact in because["facts"]] == ["regn-live"] * 4 + ["regn-nat"] * 3


def test_the_order_of_arrival_is_nothing_and_a_void_brings_the_lower_channel_back(hub: Hub) -> None:
    live, night = channels(hub, (0, 1))
    told = [statement(str(n), when(n), right=True) for n in range(2)]
    send(hub, live, told)
    send(hub, night, [event(str(n), when(n), right=True) for n in range(5)])
    first = reading(hub)
    assert (first["today"]["n"], first["sources"], first["outranked"]) == (2, ["regn-live"], ["regn-nat"])
    verb = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    void = [{**one, "id": str(uuid.uuid4()), "verb": verb, "object": {"objectType": "StatementRef", "id": one["id"]}} for one in told]
    send(hub, live, [{name: value for name, value in one.items() if name not in {"result", "context"}} for one in void])
    after = reading(hub)
    assert (after["today"]["n"], after["sources"], after["outranked"]) == (5, ["regn-nat"], [])


def test_tools_and_dates_are_ranked_apart(hub: Hub) -> None:
    """Another tool's lower channel, and the lower channel's other dates, are nobody's second."""
    live, night = channels(hub, (0, 1))
    other = hub.supplier("skriv-nat", "cloudevents", tool="skriv", subject="MAT", rank="1")
    send(hub, live, [statement("1", when(0), right=True)])
    send(hub, night, [event("2", when(0, days_ago=1), right=True)])
    nine = event("9", when(5), right=True)
    send(hub, other, [{**nine, "data": {**nine["data"], "tool": "skriv"}}])
    told = reading(hub)
    assert (told["n"], told["today"]["n"]) == (1, 2)
    assert (told["sources"], told["outranked"]) == (["regn-live", "regn-nat", "skriv-nat"], [])
