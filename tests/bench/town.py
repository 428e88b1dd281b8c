"""A hub with a municipality of 10,000 pupils in it: registered, rostered, with school days behind it."""

import json
import sqlite3
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
from aims import Say
from harness import Hub, running, until
from sender import Load, Post, post
from watching import Probe

from contracts.dates import local_date, micros, rfc3339
from contracts.privacy import UNILOGIN
from services.demo import municipality as m
from services.demo.people import Pupil, pupils, teachers
from services.demo.plan import School
from services.demo.telling import HOMEPAGE, XAPI_HEADERS, Delivery

PROBING: Final = "probe"
PROBED: Final = "PROBE"
"""The school subject of the probes."""


@dataclass
class Town:
    """size: its classes. secrets: of the suppliers. classes: (group id, a token of its own teacher), of all home classes."""

    hub: Hub
    size: int
    secrets: dict[str, str]
    classes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def schools(self) -> Sequence[School]:
        return m.municipality(self.size)

    @property
    def address(self) -> tuple[str, int]:
        """Where it is sent to."""
        return "127.0.0.1", self.hub.port

    @property
    def reading(self) -> tuple[str, int]:
        """Where it is read."""
        return self.address

    def metrics(self) -> str:
        """Of who folds."""
        return self.hub.http.get("/metrics").text

    @property
    def pid(self) -> int:
        assert self.hub.process is not None
        return self.hub.process.pid

    def pending(self) -> int:
        """Records on disk and not yet in a sheet."""
        return self.metric("fremgang_pending_records")

    def metric(self, name: str) -> int:
        lines = self.metrics().splitlines()
        return int(float(next(line for line in lines if line.startswith(f"{name} ")).removeprefix(name)))

    def folded(self) -> int:
        return self.metric("fremgang_folded_records_total")

    def drain(self, most: float = 600) -> None:
        until(lambda: self.pending() == 0, most, 0.1)

    def settle(self, most: float = 600) -> None:
        """Until every sheet is measured, as after a night."""
        with closing(sqlite3.connect(f"file:{self.hub.folder / 'var' / 'store.db'}?mode=ro", uri=True)) as store:
            until(lambda: store.execute("SELECT count(*) FROM sheets WHERE length(summaries) = 0").fetchone() == (0,), most, 0.5)


def now() -> int:
    return micros(datetime.now(UTC))


def school_days(count: int) -> list[date]:
    """Those before today, the oldest first."""
    day, found = local_date(now()), list[date]()
    while len(found) < count:
        day -= timedelta(days=1)
        found += [day] * (day.weekday() < 5)
    return found[::-1]


@contextmanager
def town(folder: Path, size: int, say: Say) -> Iterator[Town]:
    with running(folder) as hub:
        yield founded(Town(hub, size, {}), say)


def founded(made: Town, say: Say) -> Town:
    """Registered and rostered, at a hub that is one process."""
    made.secrets |= _registered(made.hub, made.size)
    _rostered(made, say)
    made.classes += _classes(made)
    return made


def _registered(hub: Hub, size: int) -> dict[str, str]:
    with _operator(hub) as operator:
        return {name: operator.post("/suppliers", json={"name": name, **told}).json()["secret"] for name, told in m.suppliers(size).items()}


def _rostered(made: Town, say: Say) -> None:
    today = local_date(now())
    for school in made.schools:
        for one in (m.roster(school, today), m.calendar(school, today)):
            auth = (one.supplier, made.secrets[one.supplier])
            answer = made.hub.http.post(one.path, content=one.body, headers=dict(one.headers), params=dict(one.query), auth=auth)
            assert answer.status_code == 200, answer.text
    made.drain()
    say(f"{len(made.schools)} schools with {sum(len(pupils(school)) for school in made.schools):,} pupils are rostered")


def _classes(made: Town) -> Iterator[tuple[str, str]]:
    """Each home class as its own teacher finds it."""
    hub = made.hub
    with _operator(hub) as operator:
        for teacher in (one for school in made.schools for one in teachers(school) if one.home):
            token = _token(operator, "teacher", teacher.unilogin)
            groups = hub.http.get("/v1/groups", headers={"Authorization": f"Bearer {token}"}).json()["groups"]
            yield from ((group["id"], token) for group in groups if group["source_id"] == teacher.home)


def _operator(hub: Hub) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(hub.folder / "var" / "hub.sock")), base_url="http://hub", timeout=60)


def _token(operator: httpx.Client, role: str, unilogin: str) -> str:
    answer = operator.post("/tokens", json={"role": role, "identity": {"scheme": UNILOGIN, "value": unilogin}, "hours": 24})
    return str(answer.raise_for_status().json()["token"])


def requests(town: Town, deliveries: Iterable[Delivery]) -> Iterator[Post]:
    """As they go over the wire, each with its supplier's credential."""
    for one in deliveries:
        headers = {**one.headers, "Authorization": basic(one.supplier, town.secrets[one.supplier])}
        yield post("http://{}:{}".format(*town.address) + one.path, headers, one.body, one.items)


def basic(name: str, secret: str) -> str:
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def preload(town: Town, days: int, say: Say) -> None:
    """What all pupils did on the school days before today, as fast as it is taken."""
    said = requests(town, m.preloaded(school_days(days), town.size))
    load = Load(town.address, said, 3600, None)
    load.go()
    while not load.done(5):
        say(f"history: {town.folded():,} records are in sheets, {town.pending():,} wait")
    sent = load.sent()
    assert not sent.refused, sent.refused[0]
    town.drain()
    town.settle()
    say(f"history: {sent.items:,} statements of {days} school days are in, and a night has passed")


def probes(town: Town, count: int) -> list[Probe]:
    """Pupils of as many schools as there are, in a school subject in which nobody else tells anything."""
    whose = [pupil for one in zip(*(pupils(school) for school in town.schools), strict=False) for pupil in one][:count]
    with _operator(town.hub) as operator:
        made = operator.post("/suppliers", json={**m.suppliers(town.size)["matematik-x"], "name": PROBING, "subject": PROBED})
        headers = {**XAPI_HEADERS, "Authorization": basic(PROBING, made.raise_for_status().json()["secret"])}
        return [_probe(town, operator, pupil, headers) for pupil in whose]


def _probe(town: Town, operator: httpx.Client, pupil: Pupil, headers: Mapping[str, str]) -> Probe:
    token = _token(operator, "pupil", pupil.unilogin)
    asked = {"identities": [{"scheme": UNILOGIN, "value": pupil.unilogin}]}
    told = town.hub.http.post("/v1/students:resolve", json=asked, headers={"Authorization": f"Bearer {token}"}).json()
    student = told["students"][0]["student"]
    return Probe(f"/v1/students/{student}?indicator=items-answered&subject={PROBED}", token, headers, partial(_answered, pupil))


def _answered(pupil: Pupil) -> bytes:
    extensions = {"https://fremgang.dk/xapi/extensions/institution": pupil.institution}
    told = {
        "id": str(uuid4()), "actor": {"account": {"homePage": HOMEPAGE, "name": pupil.unilogin}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"}, "object": {"id": f"https://probe.example/{uuid4()}"},
        "timestamp": rfc3339(now()), "context": {"extensions": extensions},
    }  # fmt: skip
    return json.dumps(told).encode()
