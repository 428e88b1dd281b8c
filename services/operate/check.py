"""`fremgang check`: what is in force, and whether a hub would start on it."""

from services.hub import open_hub
from services.operate.client import runs
from services.settings import PREFIX, Settings


async def report(settings: Settings) -> list[str]:
    """A line for each setting. Raises `Fatal` where the data do not fit (another key, a hub that runs on them)."""
    lines = [f"{PREFIX}{name.upper()}={getattr(settings, name)}" for name in type(settings).model_fields]
    if settings.synchronous != "full":
        lines.append("WARNING: synchronous is not full; what is answered 2xx can be lost")
    if runs(settings):
        return [*lines, "a hub runs on these data"]
    async with open_hub(settings) as hub:
        return [*lines, f"the data fit: log at {await hub.log.end()}, store at {await hub.store.position()}"]
