"""A link file to items, row by row, and the word that it was complete."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from contracts import csvfile, files
from contracts.connector import Draft, Item, Published, Registration, Request, Translation
from contracts.csvfile import Row
from contracts.dates import Micros
from contracts.events import RosterIdentity
from contracts.privacy import Identity

KIND: Final = "row"
COLUMNS: Final = ("skema_fra", "id_fra", "skema_til", "id_til")
LONGEST_SCHEME: Final = 80


def translate(request: Request) -> Translation:
    """Every row is an item of its own; an identity linked to two others is linked to neither."""
    files.parameters(request, ("as_of",))
    registration, as_of = request.registration, files.export_time(request)
    table = csvfile.table(request.body, COLUMNS)

    def who(row: Row) -> Identity:
        return _identity(row, "til" if row["skema_til"] and row["id_til"] else "fra", registration)

    read = [csvfile.item(KIND, row, lambda row: _link(row, registration, as_of), who) for row in table.rows]
    items = _undisputed(read, table.rows, who)
    return Translation(items, derived=files.snapshots(files.told_of(items), registration, "identity_links_csv", as_of))


def _link(row: Row, registration: Registration, as_of: Micros) -> Item:
    school = files.institution(row, registration)
    own, target = _identity(row, "fra", registration), _identity(row, "til", registration)
    if own == target:
        raise row.fault("value_invalid", "id_til", "an identity linked to itself")
    data = {"scheme": own.scheme, "identity": own, "basis": "link"}
    report = f"link|{school}|{own.scheme}|{own.value}|{target.scheme}|{target.value}"
    return Published(KIND, (Draft(RosterIdentity, target, school, data, report, as_of, as_of),))


def _identity(row: Row, side: str, registration: Registration) -> Identity:
    """A scheme that the registration names another way is that one, as it is in the supplier's statements."""
    column = "skema_" + side
    scheme = registration.schemes.get(row.needed(column), row[column])
    if len(scheme) > LONGEST_SCHEME:
        raise row.fault("value_invalid", column, f"at most {LONGEST_SCHEME} characters")
    return files.identity(row, scheme, "id_" + side)


def _undisputed(items: Iterable[Item], rows: Iterable[Row], who: Callable[[Row], Identity]) -> tuple[Item, ...]:
    pairs = list(zip(items, rows, strict=True))
    targets: dict[object, set[object]] = defaultdict(set)
    for item, _ in pairs:
        if isinstance(item, Published):
            targets[item.drafts[0].data["identity"]].add(item.drafts[0].subject)
    return tuple(
        csvfile.failed(KIND, row, "identity_claimed_twice", row.where("id_fra"), who=who)
        if isinstance(item, Published) and len(targets[item.drafts[0].data["identity"]]) > 1
        else item
        for item, row in pairs
    )
