"""The closed table of reasons: what a sender is told, and how to mend it.

`Reason.status` is the HTTP status where a whole request is refused for it. Texts are constants: no payload value is ever in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal


@dataclass(frozen=True)
class Reason:
    """use: `refused`, `failed` (either, by the connector's rule of taking batches) or `not_used`. kept: whether the body of an item
    that failed for it is kept, encrypted, until it is mended."""

    title: str
    mend: str
    use: Literal["wrong", "not_used"] = "wrong"
    status: int = 400
    kept: bool = True


REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        # the request
        "not_utf8": Reason("The body is not UTF-8", "Encode the document as UTF-8 and send it again."),
        "not_json": Reason("The body is not JSON", "Check that the document is complete and well-formed."),
        "duplicate_key": Reason("An object has the same key twice", "Send each key once."),
        "not_finite": Reason("NaN and Infinity are not JSON", "Leave the value out where there is none."),
        "too_deep": Reason("The document is nested too deeply", "Flatten the document."),
        "empty_body": Reason("The body is empty", "Send at least one item."),
        "body_too_large": Reason("The body is larger than this hub takes", "Send smaller batches.", status=413),
        "too_many_items": Reason("The batch has more items than this hub takes", "Send smaller batches.", status=413),
        "content_type": Reason(
            "The content type is not one that is taken here", "See the connector's README for the types it takes.", status=415
        ),
        "method_not_allowed": Reason("This hub receives; it is not a store to read from", "Use the read API under /v1.", status=405),
        "unknown_parameter": Reason("A query parameter is unknown or in the wrong case", "Remove it or correct its spelling."),
        "parameter_invalid": Reason("A parameter has the wrong shape", "Correct it as the detail says."),
        "header_invalid": Reason("A required header is missing or wrong", "Send the header as the detail says."),
        "export_time_missing": Reason(
            "A file's order is its export time, and none was given",
            "Add ?as_of=2026-11-24T08:00:00%2B01:00, the time at which the file was exported.",
        ),
        # the item
        "wrong_type": Reason("A value has the wrong type", "Send the type that the standard gives for this member."),
        "missing_member": Reason("A required member is missing", "Add the member that the detail names."),
        "unknown_member": Reason("A member is unknown here", "Remove it; case matters."),
        "null_value": Reason("null is not allowed here", "Leave the member out instead."),
        "value_invalid": Reason("A value is not one of those allowed", "Send a value that the standard allows."),
        "iri_invalid": Reason("This is not an IRI with a scheme", "Send an absolute IRI."),
        "uuid_invalid": Reason("This is not a UUID", "Send a UUID of 36 characters."),
        "timestamp_invalid": Reason("This is not a timestamp with a date and a time", "Send RFC 3339, as 2026-11-24T08:15:00.000Z."),
        "duration_invalid": Reason("This is not an ISO 8601 duration", "Send a duration such as PT4M30S."),
        "language_invalid": Reason("This is not a language tag", "Send a BCP 47 tag such as da or en-GB."),
        "version_unsupported": Reason("This version is not taken here", "Send a version that the connector's README names."),
        "agent_invalid": Reason("An agent needs exactly one identifier", "Send one of mbox, mbox_sha1sum, openid or account."),
        "score_invalid": Reason("The score breaks its own bounds", "Keep scaled in -1..1, min below max, raw between them."),
        "duplicate_id": Reason("Two items of one batch have the same id", "Give each item an id of its own."),
        "id_conflict": Reason(
            "This id was sent before with another content", "Send a new statement under a new id and void the old.", status=409
        ),
        "webhook_id_conflict": Reason(
            "This webhook-id was sent before with another body",
            "Give each message an id of its own; a retry has the same id and the same body, byte for byte.",
            status=409,
        ),
        "id_mismatch": Reason("The id in the body differs from the one in the address", "Send the same id in both."),
        "type_unknown": Reason("This event type is unknown", "Send one of the types of contracts/schema."),
        "roster_not_granted": Reason(
            "This credential may not say who belongs where",
            "Ask the hub's operator to register the supplier with --roster, or send the roster as a file.",
        ),
        "subject_invalid": Reason(
            "The subject does not name what this type is said of", "Send scheme:value for a pupil, group:ID for a group."
        ),
        "survey_individual_forbidden": Reason(
            "A pupil's own answers to the national well-being survey may only be used for statistics (folkeskoleloven § 56 b)",
            "Do not send them. Published aggregates are taken as wellbeing.aggregate_published.",
            kept=False,
        ),
        "visibility_missing": Reason(
            "The answer does not say whom the child was told would see it",
            "Send whom the child was told of before answering; where nobody was named, the answer is not for the hub.",
            kept=False,
        ),
        "national_identifier_present": Reason(
            "The content has the shape of a CPR number",
            "Remove it; the hub has no need of it and has written nothing of this down.",
            kept=False,
        ),
        "event_in_future": Reason("The time is more than 24 hours ahead", "Correct the sender's clock and send again."),
        "too_late": Reason("The date is past what is kept of its family", "Nothing to mend: it can no longer count."),
        "institution_missing": Reason(
            "The item names no institution and the credential is for several", "Name one in the item, or use a credential for one school."
        ),
        "institution_not_registered": Reason(
            "The credential is not for this institution", "Ask the hub's operator to register the supplier for the school."
        ),
        "poison": Reason(
            "A record of the log is none that this version knows",
            "Only the hub writes to its log: find out who else did, or run the version that wrote it.",
        ),
        "hub_failed": Reason("The hub failed on this", "Tell the hub's operator; the hub's log says where.", status=500),
        # files
        "empty_file": Reason("The file has no rows", "Export it again; an empty file changes nothing."),
        "not_csv": Reason(
            "The file is not the CSV that is expected", "Use ; between columns and the header that the connector's README gives."
        ),
        "column_missing": Reason("A column is missing", "Export with the columns that the connector's README gives."),
        "encoding_unknown": Reason("The file is neither UTF-8 nor ISO-8859-1 text", "Export it again as text."),
        "date_invalid": Reason("This is not a date", "Write dates as dd-mm-yyyy."),
        "code_unknown": Reason("This attendance code is unknown", "Use S, L, U, F or leave it blank."),
        "row_incomplete": Reason("The row lacks a value that it needs", "Fill the column that the pointer names."),
        "row_repeated": Reason("The file says two things of the same", "Keep one of the rows."),
        "not_a_zip": Reason("The file is not a zip", "Send the OneRoster package as one .zip."),
        "zip_too_large": Reason("The zip unpacks to more than this hub takes", "Send one school at a time.", status=413),
        "zip_entry_unknown": Reason("The package holds a file that OneRoster does not know", "Remove it."),
        "manifest_missing": Reason("The package has no manifest.csv", "Add it; it says what the package holds."),
        "manifest_invalid": Reason(
            "The manifest does not fit the package", "See the detail: the manifest names each file absent, bulk or delta."
        ),
        "reference_dangling": Reason("A row points at something that the package does not hold", "Send the package whole."),
        "id_repeated": Reason("An id occurs twice in one file", "Give each row an id of its own."),
        "identity_claimed_twice": Reason(
            "Two people have the same identity", "Correct it in the school's roster; until then it counts for neither."
        ),
        "roster_shrinks": Reason(
            "This roster would remove a large part of the pupils",
            "Check the file; if it is right, send it again with ?force=true.",
            status=409,
        ),
        "not_xml": Reason("The file is not well-formed XML", "Export it again, whole, in the encoding that it declares."),
        "xml_forbidden": Reason("A document type or an entity is declared", "Export it without; the hub reads neither."),
        "root_unknown": Reason("The document's first element is not the one that is read here", "Send the element that the detail names."),
        "export_too_wide": Reason(
            "The export holds passwords", "Export the package that the detail names; the hub has written nothing of this down."
        ),
        # not used
        "verb_not_used": Reason("No indicator reads this verb", "Nothing to mend.", use="not_used"),
        "object_not_used": Reason("No indicator reads this kind of object", "Nothing to mend.", use="not_used"),
        "actor_not_a_pupil": Reason("A group did it, not one pupil", "Nothing to mend.", use="not_used"),
        "no_result": Reason("It says that something was finished, and no result", "Send result.score or result.success.", use="not_used"),
        "no_framework": Reason(
            "It says that something was mastered, and not of which framework of goals",
            "Where it is a goal, name its framework in the extension https://fremgang.dk/xapi/extensions/framework.",
            use="not_used",
        ),
        "role_not_used": Reason("No view needs this role", "Nothing to mend.", use="not_used"),
        "row_inactive": Reason("The row is marked as ended", "Nothing to mend.", use="not_used"),
        "blank": Reason("The row says nothing of this day", "Nothing to mend.", use="not_used"),
        "erased": Reason("What is said of this pupil was erased", "Stop sending it.", use="not_used"),
    }
)
