"""The floor that the hub is held against: the same server on the same machine, doing next to nothing.

It takes the same requests, decodes them without looking, writes the bodies to SQLite with the same durability and answers; and it
answers a class with as many bytes as were stored. What a hub does beyond it is what it is for.
"""

import asyncio
import sqlite3
import sys
from pathlib import Path

import msgspec
import uvicorn
from fastapi import FastAPI, Request, Response

PUPILS = 25


def app(file: Path) -> FastAPI:
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for statement in ("PRAGMA journal_mode=wal", "PRAGMA synchronous=full", "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)"):
        writer.execute(statement)
    writer.execute("CREATE TABLE views (pupil INTEGER PRIMARY KEY, body BLOB)")
    one, bare = asyncio.Lock(), FastAPI()

    @bare.post("/xapi/statements")
    async def take(request: Request) -> Response:
        body = await request.body()
        ids = [statement["id"] for statement in msgspec.json.decode(body)]
        async with one:
            await asyncio.to_thread(writer.execute, "INSERT INTO bodies (body) VALUES (?)", (body,))
        return Response(msgspec.json.encode(ids), media_type="application/json")

    @bare.put("/views/{pupil}")
    async def keep(request: Request, pupil: int) -> None:
        writer.execute("INSERT OR REPLACE INTO views VALUES (?, ?)", (pupil, await request.body()))

    @bare.get("/v1/groups/{group}/indicators")
    async def view(group: int) -> Response:
        first = group * PUPILS
        rows = writer.execute("SELECT body FROM views WHERE pupil BETWEEN ? AND ?", (first, first + PUPILS - 1)).fetchall()
        return Response(b"[" + b",".join(body for (body,) in rows) + b"]", media_type="application/json")

    return bare


if __name__ == "__main__":
    uvicorn.run(app(Path(sys.argv[1])), port=int(sys.argv[2]), log_config=None, access_log=False)
