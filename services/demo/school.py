"""The invented school: the files by which its systems and suppliers tell of it. Pure; nobody in it exists."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from contracts.dates import Micros, local_date, school_year
from contracts.privacy import UNILOGIN
from services.demo.changes import ALL, Change, begins_in, came
from services.demo.days import is_school, span
from services.demo.package import Rows, package
from services.demo.people import TEACHERS, Pupil, Stay, of_class, pupils, stays, teachers
from services.demo.plan import SKOVBAKKEN, SUBJECTS, School

__all__ = ["SKOVBAKKEN", "TEACHERS", "Pupil", "of_class", "pupils"]

INSTITUTION: Final = SKOVBAKKEN.number
NAME: Final = SKOVBAKKEN.name
CLASSES: Final = SKOVBAKKEN.classes
ORDLEG: Final = "ordleg"
"""The scheme of the ids that one material knows pupils by, and the material's name."""


def names() -> list[dict[str, str]]:
    """What a learning platform knows of its own pupils, for the page that plays one: each in every class that has them in a year."""
    everybody = (stay.pupil for stay in stays(SKOVBAKKEN, len(ALL)))
    return [{"scheme": UNILOGIN, "value": pupil.unilogin, "name": pupil.name, "class": pupil.group} for pupil in everybody]


def names_text() -> str:
    """`names` as the page keeps them (services/serve/page/pupils.json)."""
    return msgspec.json.format(msgspec.json.encode(names()), indent=1).decode() + "\n"


def calendar_csv(around: date, school: School = SKOVBAKKEN) -> bytes:
    """Every date of the school year, the one before and the one after, as a municipality's system exports them."""
    first = int(school_year(around)[:4]) - 1
    days = span(date(first, 8, 1), date(first + 3, 7, 31))
    rows = (f"{school.number};{day:%d-%m-%Y};{'ja' if is_school(day) else 'nej'}" for day in days)
    return _lines("institution;dato;skoledag", rows)


def links_csv(school: School = SKOVBAKKEN) -> bytes:
    """Who is who between a material's own ids and Unilogin, of all who are at the school at some time of a year."""
    everybody = {stay.pupil.key: stay.pupil.unilogin for stay in stays(school, len(ALL))}
    rows = (f"{ORDLEG};{key};{UNILOGIN};{unilogin};{school.number}" for key, unilogin in everybody.items())
    return _lines("skema_fra;id_fra;skema_til;id_til;institution", rows)


def _lines(header: str, rows: Iterable[str]) -> bytes:
    return "\r\n".join((header, *rows, "")).encode()


def roster_zip(as_of: Micros, school: School = SKOVBAKKEN) -> bytes:
    """The OneRoster 1.1 package of a school at an instant, a full snapshot: who comes or moves is in it from that day on."""
    day, staff = local_date(as_of), teachers(school)
    year = school_year(day)
    homes = [_home(school, group, year) for group in school.classes]
    return package(
        {
            "academicSessions": [_session(year)],
            "orgs": [{"sourcedId": school.number, "name": school.name, "type": "school", "identifier": school.number}],
            "courses": [_course(school, code, year) for code in ("KLASSE", *sorted(SUBJECTS))],
            "classes": homes + [_hold(school, *hold, year) for one in staff for hold in one.holds],
            "users": [*(_user(school, one.unilogin, one.name, "teacher") for one in staff), *_pupil_users(school, day)],
            "enrollments": list(_enrollments(school, day)),
        }
    )


def _session(year: str) -> dict[str, str]:
    first, last = year.split("-")
    return {
        "sourcedId": year, "title": f"Skoleåret {year}", "type": "schoolYear", "startDate": f"{first}-08-01",
        "endDate": f"{last}-07-31", "schoolYear": last,
    }  # fmt: skip


def _course(school: School, code: str, year: str) -> dict[str, str]:
    title = SUBJECTS.get(code, "Stamklasse")
    return {
        "sourcedId": code, "schoolYearSourcedId": year, "title": title, "courseCode": code, "orgSourcedId": school.number,
        **({"subjects": title, "subjectCodes": code} if code in SUBJECTS else {}),
    }  # fmt: skip


def _home(school: School, group: str, year: str) -> dict[str, str]:
    return {
        "sourcedId": group, "title": group, "grades": f"{int(group.partition('.')[0]):02}", "courseSourcedId": "KLASSE",
        "classCode": group, "classType": "homeroom", "schoolSourcedId": school.number, "termSourcedIds": year,
    }  # fmt: skip


def _hold(school: School, group: str, subject: str, year: str) -> dict[str, str]:
    name, title = f"{group} {subject}", SUBJECTS[subject]
    return {
        **_home(school, group, year), "sourcedId": name, "title": f"{group} {title}", "classCode": name, "courseSourcedId": subject,
        "classType": "scheduled", "subjects": title, "subjectCodes": subject,
    }  # fmt: skip


def _pupil_users(school: School, day: date) -> Rows:
    return [{**_user(school, one.unilogin, one.name, "student"), "grades": f"{one.grade:02}"} for one in pupils(school, day)]


def _user(school: School, unilogin: str, name: str, role: str) -> dict[str, str]:
    given, family = name.split(" ", 1)
    return {
        "sourcedId": f"u-{unilogin}", "enabledUser": "true", "orgSourcedIds": school.number, "role": role, "username": unilogin,
        "userIds": f"{{UNI-Login:{unilogin}}}", "givenName": given, "familyName": family,
    }  # fmt: skip


def _enrollments(school: School, day: date) -> Iterable[dict[str, str]]:
    """With dates only where somebody came or moved in the year."""
    year, members = begins_in(day), dict[str, list[Stay]]()
    for stay in stays(school, came(day)):
        members.setdefault(stay.pupil.group, []).append(stay)
        yield _member(school, stay, stay.pupil.group, year)
    for one in teachers(school):
        if one.home:
            yield _enrolled(school, one.unilogin, one.home, "teacher", primary="true")
        for group, subject in one.holds:
            yield _enrolled(school, one.unilogin, f"{group} {subject}", "teacher")
            yield from (_member(school, stay, f"{group} {subject}", year) for stay in members[group])


def _member(school: School, stay: Stay, group: str, year: int) -> dict[str, str]:
    dates = {"beginDate": _on(stay.since, year), "endDate": _on(stay.until, year)}
    return _enrolled(school, stay.pupil.unilogin, group, "student") | dates


def _on(change: Change | None, year: int) -> str:
    return change.on(year).isoformat() if change else ""


def _enrolled(school: School, unilogin: str, group: str, role: str, primary: str = "false") -> dict[str, str]:
    return {
        "sourcedId": f"{unilogin} {group}", "classSourcedId": group, "schoolSourcedId": school.number, "userSourcedId": f"u-{unilogin}",
        "role": role, "primary": primary,
    }  # fmt: skip
