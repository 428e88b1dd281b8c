"""What moves without being counted anew by anybody: windows, school days, classes, schools and teachers, over a real hub."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Hub, running, until
from rosters import Person, SchoolClass, package

SCHOOL, OTHER = "101001", "101002"
NOON, NEXT_NOON = "2026-11-24T12:00:00+01:00", "2026-11-25T12:00:00+01:00"
ANNA, MIA, NOA = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "mia12345", "noa99zzz")))
LONE, OLE, VIC, WES = (Person(f"t{n}", "teacher", f"laerer0{n}") for n in range(4))
KIM = Person("t9", "teacher", "laerer09")
CLASSES = {
    SCHOOL: [
        SchoolClass("5.A", "5.A", 5, [LONE, VIC, WES, ANNA, MIA, NOA], dates={
            MIA.id: ("2026-08-01", "2026-11-14"), NOA.id: ("2026-08-01", "2026-11-14"),
            VIC.id: ("2026-08-01", "2026-11-11"), WES.id: ("2026-08-01", "2026-11-10"),
        }),
        SchoolClass("5.B", "5.B", 5, [OLE, MIA], dates={MIA.id: ("2026-11-14", "")}),
    ],
    OTHER: [SchoolClass("5.X", "5.X", 5, [KIM, NOA], dates={NOA.id: ("2026-11-14", "")})],
}  # fmt: skip
"""Until the 14th Mia and Noa were in 5.A; then she is in 5.B, and he goes to another school. Two teachers left 5.A two weeks ago, Vic on
the 10th and Wes on the 9th."""


class Moving:
    def __init__(self, hub: Hub) -> None:
        self.hub, self.sent = hub, 0
        self.maths = hub.supplier("matematik-x", "cloudevents", institutions=(SCHOOL, OTHER), subject="MAT")
        self.offices = {
            school: hub.supplier(f"skole-{school}", "oneroster_csv", "calendar_csv", institutions=(school,)) for school in CLASSES
        }
        for school, classes in CLASSES.items():
            answer = hub.file(self.offices[school], "oneroster_csv", package(school, classes), as_of="2026-08-10T08:00:00+02:00")
            assert answer.status_code == 200

    def answers(self, pupil: Person, *days: tuple[str, int], school: str = SCHOOL, right: bool = True) -> None:
        """So many on each day, each of an item of its own."""
        told = [self._answered(pupil, f"2026-{day}", school, right=right) for day, count in days for _ in range(count)]
        media = {"Content-Type": "application/cloudevents-batch+json"}
        answer = self.hub.http.post("/events", content=json.dumps(told), headers=media, auth=self.maths)
        assert (answer.status_code, answer.json()["published"]) == (200, len(told)), answer.text
        self.hub.ledger(self.hub.token("--controller"))

    def _answered(self, pupil: Person, day: str, school: str, *, right: bool) -> dict[str, Any]:
        self.sent += 1
        return {
            "specversion": "1.0", "id": f"a-{self.sent}", "source": "https://matematik-x.example", "institution": school,
            "type": "dk.fremgang.activity.item_answered.v1", "subject": f"unilogin:{pupil.unilogin}",
            "time": f"{day}T09:{self.sent:02}:00+01:00", "data": {"item_id": f"m{self.sent}", "correct": right},
        }  # fmt: skip

    def groups(self, teacher: Person) -> dict[str, str]:
        told = self.hub.get("/v1/groups", self.hub.token("--teacher", f"unilogin:{teacher.unilogin}"))["groups"]
        return {group["source_id"]: group["id"] for group in told}

    def view(self, teacher: Person, indicator: str) -> Any:
        (group,) = self.groups(teacher).values()
        token = self.hub.token("--teacher", f"unilogin:{teacher.unilogin}")
        return self.hub.get(f"/v1/groups/{group}/indicators", token, indicator=indicator, subject="MAT")

    def told(self, teacher: Person, indicator: str) -> list[tuple[Any, ...]]:
        """Of each pupil in the class now."""
        return [
            (one["window"]["from"], one["value"], one["n"])
            for pupil in self.view(teacher, indicator)["readings"]
            for one in pupil["indicators"]
        ]


def test_a_late_batch_a_snow_day_and_a_new_day_move_what_the_windows_count(tmp_path: Path) -> None:
    """2 answers on Tuesday a week ago, 3 on Wednesday, 5 on Monday, all right; then 20 wrong ones, of which 12 are 28 days late."""
    with running(tmp_path, clock=f"{NOON}@0") as hub:
        moving = Moving(hub)
        moving.answers(ANNA, ("11-17", 2), ("11-18", 3), ("11-23", 5))
        assert moving.told(LONE, "items-answered") == [("2026-11-18", 2.0, 8)]
        moving.answers(ANNA, ("10-27", 12), ("10-30", 8), right=False)
        assert moving.told(LONE, "items-answered") == [("2026-11-18", 2.0, 8)]
        assert moving.told(LONE, "first-try-correctness") == [("2026-10-28", None, 18)]

        snow = f"institution;dato;skoledag\n{SCHOOL};23-11-2026;nej\n".encode()
        assert hub.file(moving.offices[SCHOOL], "calendar_csv", snow, as_of="2026-11-24T11:00:00+01:00").status_code == 200
        hub.ledger(hub.token("--controller"))
        assert moving.told(LONE, "items-answered") == [("2026-11-17", 2.5, 10)], "ten on four days, Monday's counted and Monday not"
        assert moving.told(LONE, "first-try-correctness") == [("2026-10-27", 33.3, 30)]

        before = moving.view(LONE, "items-answered")["delivery"]["cursor"]
        hub.stop()
        hub.env["FREMGANG_CLOCK"] = f"{NEXT_NOON}@0"
        hub.start()
        hub.tokens.clear()
        assert moving.told(LONE, "items-answered") == [("2026-11-18", 2.0, 8)]
        assert moving.told(LONE, "first-try-correctness") == [("2026-10-28", None, 18)]
        assert until(lambda: int(moving.view(LONE, "items-answered")["delivery"]["cursor"]) > int(before), 30), "nothing came but the day"


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moving]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOON}@0") as hub:
        yield Moving(hub)


def test_who_changed_class_is_in_the_new_one_with_all_that_was_done(moving: Moving) -> None:
    moving.answers(MIA, ("11-12", 2), ("11-18", 3))
    assert len(moving.view(LONE, "items-answered")["readings"]) == 1, "Anna alone"
    assert [n for *_, n in moving.told(OLE, "first-try-correctness")] == [5]


def test_of_who_changed_school_counts_what_each_school_said_while_the_pupil_was_there(moving: Moving) -> None:
    moving.answers(NOA, ("11-12", 2), ("11-17", 3))
    moving.answers(NOA, ("11-11", 1), ("11-18", 4), school=OTHER)
    assert [n for *_, n in moving.told(KIM, "first-try-correctness")] == [6]


def test_a_teacher_who_left_sees_the_class_for_fourteen_days(moving: Moving) -> None:
    assert list(moving.groups(VIC)) == ["5.A"]
    assert moving.groups(WES) == {}
