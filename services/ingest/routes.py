"""The doors that suppliers use: authenticate, bound the size, hand the request to its connector."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from contracts.connector import Connector, Registration
from contracts.connector import Request as Received
from contracts.errors import NotAllowed, Refused
from services import bodies
from services.ingest.intake import Intake
from services.ingest.suppliers import Suppliers
from services.problems import not_allowed, refusal

ABOUT = {"version": ["1.0.3"]}
XAPI_VERSION = {"X-Experience-API-Version": "1.0.3"}


def routes(connectors: Mapping[str, Connector], suppliers: Suppliers, intake: Intake, batch_bytes: int, file_bytes: int) -> APIRouter:
    """One route for each door of each connector, from its own declaration."""
    router = APIRouter()

    def endpoint(connector: Connector, limit: int) -> Any:
        async def receive(request: Request) -> Response:
            try:
                return await _receive(request, connector, suppliers, intake, limit)
            except NotAllowed as refused:
                return not_allowed(refused, connector.headers)
            except Refused as refused:
                return refusal(refused.faults, refused.status, connector.headers)

        return receive

    for connector in (door for one in connectors.values() for door in one.doors):
        limit = file_bytes if connector.route.startswith("/files/") else batch_bytes
        methods = ["POST", "PUT"] if connector.name == "xapi" else ["POST"]
        router.add_api_route(connector.route, endpoint(connector, limit), methods=methods, name=connector.name, tags=["send"])

    @router.get("/xapi/about", tags=["send"])
    async def about() -> JSONResponse:
        return JSONResponse(ABOUT, headers=XAPI_VERSION)

    @router.api_route("/xapi/statements", methods=["GET", "HEAD", "DELETE"], include_in_schema=False)
    async def not_a_store() -> Response:
        raise Refused.because("method_not_allowed", status=405)

    return router


async def _receive(request: Request, connector: Connector, suppliers: Suppliers, intake: Intake, limit: int) -> Response:
    """The signature covers the raw body, so only there the body is read (within its bound) before the credential is known."""
    headers = dict(request.headers.items())
    if connector.route.startswith("/webhooks/") or ("webhook-signature" in headers and "authorization" not in headers):
        supplier = request.query_params.get("supplier", "")
        _admit(connector, suppliers.named(supplier))
        body = await bodies.read(request, limit)
        return await _taken(request, connector, intake, suppliers.signed(supplier, headers, body), body, headers["webhook-id"])
    registration = suppliers.basic(headers.get("authorization"))
    _admit(connector, registration)
    try:
        body = await bodies.read(request, limit)
    except Refused as refused:
        await intake.refused(connector, registration, refused)
        raise
    return await _taken(request, connector, intake, registration, body)


def _admit(connector: Connector, registration: Registration) -> None:
    if connector.name not in registration.connectors:
        raise NotAllowed("the credential is not for this connector", "Basic")


async def _taken(
    request: Request, connector: Connector, intake: Intake, registration: Registration, body: bytes, message: str = ""
) -> Response:
    try:
        received = replace(_received(request, connector, registration, body, intake), message=message)
    except Refused as refused:
        await intake.refused(connector, registration, refused)
        raise
    answer = await intake.take(connector, received)
    if answer.status == 204:
        return Response(status_code=204, headers=dict(answer.headers))
    return Response(msgspec.json.encode(answer.body), answer.status, dict(answer.headers), "application/json")


def _received(request: Request, connector: Connector, registration: Registration, body: bytes, intake: Intake) -> Received:
    headers = dict(request.headers.items())
    query = {name: value for name, value in request.query_params.items() if name != "supplier"}
    if connector.route.startswith("/files/") and "as_of" not in query and "last-modified" in headers:
        query["as_of"] = _http_date(headers["last-modified"])
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in connector.content_types:
        raise Refused.because("content_type", status=415)
    return Received(body, headers, query, request.method, intake.now(), registration, lambda: str(uuid4()))


def _http_date(written: str) -> str:
    try:
        return parsedate_to_datetime(written).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Refused.because("header_invalid", detail="Last-Modified") from None
