"""Denmark's own roster: an institution's groups and people as STIL's SkoleGrunddata exports them (wsiEKSPORT, ws17; domain 2.1)."""

from connectors.skolegrunddata.translate import translate
from contracts.connector import Connector
from contracts.events import Group, Membership, RosterIdentity, Snapshot

CONNECTOR = Connector(
    name="skolegrunddata",
    route="/files/skolegrunddata",
    title="SkoleGrunddata (STIL), an export in XML",
    emits=frozenset({Group, Membership, RosterIdentity, Snapshot}),
    item_kinds=frozenset({"institution", "group", "person", "identity", "membership"}),
    takes={
        "exportDateTime": "which of two exports is the newer",
        "ImportSource/@source, @schoolYear; InstitutionPerson/@source": "the school year; which system told of a person",
        "InstitutionNumber": "which institution it is",
        "GroupId, GroupName, GroupType, GroupLevel, FromDate, ToDate": "the groups, what they are called, their grade and when they are",
        "UNILogin/UserId, LocalPersonId": "the identities that are one person: sealed to pseudonyms, never written",
        "Student/Role, Employee/Role": "whether someone is a pupil or teaches; nobody else is taken",
        "Student/Level": "the grade of a home class that does not tell its own",
        "Student/MainGroupId, GroupId; Employee/GroupId": "who is in a group",
    },
    translate=translate,
    options=frozenset({"force"}),
    content_types=frozenset({"application/xml", "text/xml"}),
)
