"""The body of a request, read within a bound."""

from fastapi import Request

from contracts.errors import Refused


async def read(request: Request, limit: int) -> bytes:
    """Refused as soon as it is known to be too long, so that a large body costs nobody else anything."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
    return b"".join(parts)


def too_large(limit: int) -> Refused:
    return Refused.because("body_too_large", detail=f"at most {limit} bytes", status=413)
