"""The read API as routes, from what each view declares."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.serve.asking import Reading, View


def routes(reading: Reading, views: Sequence[View]) -> APIRouter:
    router = APIRouter(tags=["read"])
    for view in views:
        router.add_api_route(view.path, view.endpoint(reading), methods=[view.method], name=view.name)
    return router
