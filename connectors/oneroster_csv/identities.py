"""Who the users of a package are: by which roles and identities, and which identities two of them claim."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from connectors.oneroster_csv.integrity import listed
from contracts import files
from contracts.csvfile import Row
from contracts.errors import Refused
from contracts.privacy import UNILOGIN, Identity

TAKEN: Final = frozenset({"student", "teacher"})
KNOWN: Final = TAKEN | {
    "administrator", "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
    "siteAdministrator", "systemAdministrator",
}  # fmt: skip
LONGEST_ID: Final = 255
_UNILOGIN: Final = frozenset({"uni-login", "unilogin", "uniid"})
_USER_ID = re.compile(r"\{([^{}:]+):([^{}]+)\}")


@dataclass(frozen=True)
class Someone:
    """A pupil or teacher. own: the identities by institution, in the order in which they lead; the last is nobody else's."""

    row: Row
    schools: tuple[str, ...]
    own: Mapping[str, tuple[Identity, ...]]

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Unilogins first, then the local ids, then the sourcedIds."""
        return tuple(sorted({one for held in self.own.values() for one in held}, key=_leads))


def _leads(identity: Identity) -> tuple[int, str, str]:
    rank = 0 if identity.scheme == UNILOGIN else 1 if identity.scheme.startswith("local:") else 2
    return rank, identity.scheme, identity.value


def roles(user: Row, told: Iterable[Row]) -> frozenset[str]:
    """Of its own column (1.1) and of roles.csv (1.2)."""
    named = frozenset({user["role"], *(row["role"] for row in told)} - {""})
    if not named:
        raise user.fault("row_incomplete", "role")
    if unknown := [name for name in named if name not in KNOWN and not name.startswith("ext:")]:
        raise user.fault("value_invalid", "role", f"{len(unknown)} unknown")
    return named


def someone(user: Row, told: Iterable[Row], schools: Mapping[str, str]) -> Someone:
    """schools: org -> institution, of those that the credential is for."""
    source = user.needed("sourcedId")
    orgs = [*listed(user["orgSourcedIds"]), *listed(user["primaryOrgSourcedId"]), *(row["orgSourcedId"] for row in told)]
    at = tuple(sorted({schools[org] for org in orgs if org in schools}))
    if not at:
        column = "primaryOrgSourcedId" if "primaryOrgSourcedId" in user.cells else "orgSourcedIds"
        raise user.fault("institution_not_registered" if orgs else "institution_missing", column)
    logins, local = _logins(user), "identifier" if user["identifier"] else "sourcedId"
    if len(source) > LONGEST_ID:
        raise user.fault("value_invalid", "sourcedId", f"at most {LONGEST_ID} characters")
    own = {
        school: (*logins, files.identity(user, f"local:{school}", local), files.identity(user, f"oneroster:{school}", "sourcedId"))
        for school in at
    }
    return Someone(user, at, own)


def named(user: Row, schools: Mapping[str, str]) -> Identity | None:
    """Whom a row that cannot be used is said of, as far as it can be read."""
    with suppress(Refused):
        return someone(user, (), schools).identities[0]
    return next(iter(_logins(user)), None)


def _logins(user: Row) -> tuple[Identity, ...]:
    """The Unilogins among userIds, which are `{type:identifier},{type:identifier}`; other types are not read."""
    written = user["userIds"]
    if _USER_ID.sub("", written).strip(" ,"):
        raise user.fault("value_invalid", "userIds", "{type:identifier},{type:identifier}")
    pairs = [(kind.strip().lower(), value.strip()) for kind, value in _USER_ID.findall(written)]
    found = {Identity(UNILOGIN, value).normalised() for kind, value in pairs if kind in _UNILOGIN and value}
    if any(len(one.value) > files.LONGEST for one in found):
        raise user.fault("value_invalid", "userIds", f"at most {files.LONGEST} characters")
    return tuple(sorted(found, key=_leads))


def disputed(people: Iterable[Someone]) -> frozenset[Identity]:
    """Identities that two users claim: they count for neither."""
    claims: dict[Identity, int] = defaultdict(int)
    for person in people:
        for identity in person.identities:
            claims[identity] += 1
    return frozenset(identity for identity, count in claims.items() if count > 1)
