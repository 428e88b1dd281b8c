"""Whose account a request may see: a supplier its own by its credential, a controller the hub's by a token."""

from fastapi import Request

from contracts.errors import NotAllowed
from services.serve.asking import Reading


def account(reading: Reading, request: Request) -> str | None:
    """The supplier, or None for all. Raises `NotAllowed`."""
    authorization = request.headers.get("authorization") or ""
    if authorization.lower().startswith("basic "):
        return reading.account(authorization)
    if reading.issuer.read(authorization, reading.clock.now()).role != "controller":
        raise NotAllowed("a supplier's credential or a controller's token is needed", "Basic")
    return None
