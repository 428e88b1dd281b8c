"""Small exports of SkoleGrunddata, written element by element."""

from unit.posting import taken

from connectors.skolegrunddata import CONNECTOR
from contracts.connector import Draft, Published, Registration, Translation

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CLASS = "<Group><GroupId>5A</GroupId><GroupName>5.A</GroupName><GroupType>Hovedgruppe</GroupType><GroupLevel>5</GroupLevel></Group>"


def group(name: str, kind: str = "Hold", more: str = "") -> str:
    return f"<Group><GroupId>{name}</GroupId><GroupType>{kind}</GroupType>{more}</Group>"


def login(name: str) -> str:
    return f"<UNILogin><UserId>{name}</UserId></UNILogin>"


def pupil(name: str = "anna1234", groups: str = "", *, role: str = "Elev", main: str = "5A", local: str = "", source: str = "") -> str:
    student = f"<Student><Role>{role}</Role><Level>5</Level><MainGroupId>{main}</MainGroupId>{groups}</Student>"
    return person(login(name) if name else "<UNILogin/>", student, local=local, source=source)


def employee(name: str, *roles: str, groups: str = "<GroupId>5A</GroupId>") -> str:
    return person(login(name), "<Employee>" + "".join(f"<Role>{role}</Role>" for role in roles) + groups + "</Employee>")


def person(*parts: str, local: str = "", source: str = "") -> str:
    told = f' source="{source}"' if source else ""
    own = f"<LocalPersonId>{local}</LocalPersonId>" if local else ""
    return f"<InstitutionPerson{told}>{own}{''.join(parts)}</InstitutionPerson>"


def institution(*parts: str, number: str = "101001") -> str:
    return f"<Institution><InstitutionNumber>{number}</InstitutionNumber>" + "\n".join(("", *parts)) + "\n</Institution>"


def document(*parts: str, at: str = "2026-11-23T15:00:00", head: str = HEAD, name: str = "UNILoginExport") -> str:
    return f'{head}<{name} exportDateTime="{at}" accessLevel="small">{"".join(parts)}</{name}>'


def school(*parts: str, at: str = "2026-11-23T15:00:00") -> str:
    """One institution with one class; each of `parts` on a line of its own, the first on line 4."""
    return document(institution(CLASS, *parts), at=at)


def export(*parts: str, by: Registration | None = None) -> Translation:
    return taken(CONNECTOR, school(*parts), by)


def of_kind(translation: Translation, kind: str) -> list[Draft]:
    return [draft for item in translation.items if isinstance(item, Published) and item.kind == kind for draft in item.drafts]
