"""The invented school at a real hub: its suppliers registered, what they sent posted, its classes read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import webhooks
from harness import Hub
from invented import SUBJECTS, TODAY

from contracts.dates import instant
from services.demo import school
from services.demo.checkins import PATH
from services.demo.play import SUPPLIERS
from services.demo.sending import signed
from services.demo.telling import Delivery


def introduce(hub: Hub) -> dict[str, tuple[str, str]]:
    """The suppliers as the demonstration registers them; roster, links and calendar."""
    credentials = {name: _registered(hub, name, dict(asked)) for name, asked in SUPPLIERS.items()}
    as_of = "2026-08-10T08:00:00+02:00"
    files = {
        "oneroster_csv": ("skoleadm", school.roster_zip(instant(as_of))),
        "calendar_csv": ("skoleadm", school.calendar_csv(TODAY)),
        "identity_links_csv": (school.ORDLEG, school.links_csv()),
    }
    for connector, (supplier, body) in files.items():
        answer = hub.file(credentials[supplier], connector, body, as_of=as_of)
        assert answer.status_code == 200, answer.text
        assert answer.json()["failed"] == 0, answer.text
    return credentials


def _registered(hub: Hub, name: str, asked: dict[str, Any]) -> tuple[str, str]:
    options = {"subject": asked["subject"]} if "subject" in asked else {}
    for page, scheme in asked.get("identities", {}).items():
        options["identity"] = f"{page}={scheme}"
    options |= {"expected_by": asked["expected_by"]} if "expected_by" in asked else {}
    return hub.supplier(name, *asked["connectors"], institutions=(school.INSTITUTION,), **options)


def post(hub: Hub, credentials: dict[str, tuple[str, str]], told: Iterable[Delivery]) -> None:
    for one in told:
        if one.path == PATH:
            name, secret = credentials[one.supplier]
            answer = webhooks.posted(hub, name, one.body, signed(one.headers, one.body, secret, datetime.now(UTC)))
        else:
            answer = hub.http.post(
                one.path, content=one.body, params=dict(one.query), headers=dict(one.headers), auth=credentials[one.supplier]
            )
        assert answer.status_code == 200, answer.text
        if isinstance(report := answer.json(), dict):
            assert report["failed"] == 0, report


def home_classes(hub: Hub) -> Iterator[tuple[str, str, Any]]:
    """Each class by its name, its id, and its home-class teacher's token."""
    for teacher in school.TEACHERS:
        if teacher.home is not None:
            token = hub.token("--teacher", f"unilogin:{teacher.unilogin}")
            group = next(one for one in hub.get("/v1/groups", token)["groups"] if one["source_id"] == teacher.home)
            yield teacher.home, group["id"], token


def summaries(hub: Hub) -> dict[str, list[Any]]:
    """Class -> what its home-class teacher sees of it as a whole."""
    return {name: hub.get(f"/v1/groups/{group}/summary", token, subject=SUBJECTS)["readings"] for name, group, token in home_classes(hub)}


def beside(hub: Hub) -> Counter[str]:
    """How many items each extra has of the pupils of one class, as its home-class teacher has them for the talk with the parents."""
    name, group, token = next(one for one in home_classes(hub) if one[0] == "6.B")
    pupils = [one["student"] for one in hub.get(f"/v1/groups/{group}/indicators", token, indicator="last-activity")["readings"]]
    teacher = next(one.unilogin for one in school.TEACHERS if one.home == name)
    asked = hub.token("--teacher", f"unilogin:{teacher}", "--purpose", "T2")
    told = [one for pupil in pupils for one in hub.get(f"/v1/students/{pupil}", asked)["extras"]]
    return sum((Counter({one["extra"]: len(one["items"])}) for one in told), Counter())


def class_views(hub: Hub) -> tuple[list[Any], dict[str, str]]:
    """Each class as its home-class teacher sees it, and the pupils' names for the hub's ids."""
    readings, name_of = [], {}
    asked = [{"scheme": "unilogin", "value": one.unilogin} for one in school.pupils(day=TODAY)]
    for _, group, token in home_classes(hub):
        readings += hub.get(f"/v1/groups/{group}/indicators", token, subject=SUBJECTS)["readings"]
        resolved = hub.http.post("/v1/students:resolve", json={"identities": asked}, headers=dict(token)).json()["students"]
        name_of |= {one["student"]: told["value"] for one, told in zip(resolved, asked, strict=True) if one["student"]}
    return readings, name_of
