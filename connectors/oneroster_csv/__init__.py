"""The rostering part of a OneRoster 1.1 or 1.2 CSV package: schools' groups, who is in them, and which identities are one person."""

from connectors.oneroster_csv.translate import translate
from contracts.connector import Connector
from contracts.events import Group, Membership, RosterIdentity, Snapshot

CONNECTOR = Connector(
    name="oneroster_csv",
    route="/files/oneroster_csv",
    title="OneRoster 1.1 and 1.2, a CSV package",
    emits=frozenset({Group, Membership, RosterIdentity, Snapshot}),
    item_kinds=frozenset({"org", "user", "identity", "class", "enrollment", "session", "course"}),
    takes={
        "manifest.csv": "whether the package is whole",
        "orgs.type, identifier": "which institution a school is",
        "users.role, roles.role": "whether someone is a pupil or a teacher; nobody else is taken",
        "users.userIds, identifier, sourcedId": "the identities that are one person: sealed to pseudonyms, never written",
        "users.orgSourcedIds, primaryOrgSourcedId, roles.orgSourcedId": "at which schools",
        "classes.sourcedId, title, classCode, classType": "the groups and what they are called",
        "classes.grades, subjects, subjectCodes, termSourcedIds": "the grade, the school subject and the school year of a group",
        "enrollments.classSourcedId, userSourcedId, role, beginDate, endDate": "who is in a group, as what, and when",
        "academicSessions.schoolYear, startDate": "the school year of a term",
    },
    translate=translate,
    options=frozenset({"force"}),
    content_types=frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"}),
)
