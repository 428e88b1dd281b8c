"""Errors as RFC 9457 problem documents: what, where by JSON pointer, and how to mend it; never a payload value."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from contracts.errors import Fatal, Fault, NotAllowed, Refused, Retry
from contracts.reasons import REASONS

MEDIA_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str = "", headers: Mapping[str, str] | None = None, **members: Any) -> JSONResponse:
    document = {"type": "about:blank", "title": title, "status": status, **({"detail": detail} if detail else {}), **members}
    return JSONResponse(document, status, dict(headers or {}), MEDIA_TYPE)


def told(fault: Fault) -> dict[str, str]:
    """One fault as the `errors` member has it."""
    reason = REASONS[fault.reason]
    return {
        "reason": fault.reason, "pointer": fault.pointer, "title": reason.title,
        **({"detail": fault.detail} if fault.detail else {}), "mend": reason.mend,
    }  # fmt: skip


def refusal(faults: Sequence[Fault], status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The first fault gives the document its type and title, and all stand in `errors`."""
    first = REASONS[faults[0].reason]
    return problem(
        status, first.title, first.mend, headers, type=f"urn:fremgang:reason:{faults[0].reason}", errors=[told(fault) for fault in faults]
    )


def not_allowed(error: NotAllowed, headers: Mapping[str, str] | None = None) -> JSONResponse:
    challenge = {"WWW-Authenticate": f'{error.scheme} realm="fremgang"'}
    return problem(401, "No valid credential", error.why, {**challenge, **(headers or {})})


def _log(error: Retry | Fatal) -> None:
    """Their texts are the hub's own and hold no values; of what caused them, only its type is told."""
    cause = type(error.__cause__).__name__ if error.__cause__ else None
    structlog.get_logger("fremgang").error("answered 503", error=type(error).__name__, reason=str(error), cause=cause)


def install(app: FastAPI) -> None:
    """Every error of the application in one form, 404, 405 and 422 among them."""

    @app.exception_handler(Refused)
    async def _refused(_: Request, error: Refused) -> JSONResponse:
        return refusal(error.faults, error.status)

    @app.exception_handler(NotAllowed)
    async def _not_allowed(_: Request, error: NotAllowed) -> JSONResponse:
        return not_allowed(error)

    @app.exception_handler(Retry)
    async def _retry(_: Request, error: Retry) -> JSONResponse:
        _log(error)
        return problem(503, "Not now", "Try again in a moment.", {"Retry-After": str(error.after)})

    @app.exception_handler(Fatal)
    async def _fatal(_: Request, error: Fatal) -> JSONResponse:
        _log(error)
        return problem(
            503, "The hub cannot take this now", "It stops and says why to its operator; send again later.", {"Retry-After": "30"}
        )

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"pointer": "/" + "/".join(str(step) for step in one["loc"]), "detail": one["type"]} for one in error.errors()]
        return problem(422, "The request does not fit", "See errors for where.", errors=errors)

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, __: Exception) -> JSONResponse:
        return problem(500, "The hub failed on this request", "It is in the hub's log; no other request is affected.")
