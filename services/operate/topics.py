"""`fremgang topics`: those of a Kafka log, as they are and as they should be."""

from rich.console import Console

from contracts.errors import Fatal
from services.settings import Settings


async def shown(settings: Settings, out: Console, err: Console, *, create: bool) -> bool:
    """Whether all is as it should be. create: makes those that are not there; what is there is never changed."""
    try:
        from services.logs import broker
    except ModuleNotFoundError:
        raise Fatal("a log in Kafka needs the packages of the extra: install fremgang[deployed]") from None
    of = broker.cluster(settings)
    made = await broker.create(of) if create else []
    want, have = broker.wanted(of), await broker.found(of)
    for topic in have:
        told = f"{topic.partitions} partitions, {topic.replicas} replicas" if topic.partitions else "none"
        out.print(f"{topic.name}: {told}{', made now' if topic.name in made else ''}", markup=False)
    if unsafe := broker.unsafe(of):
        err.print(f"warning {unsafe}", style="yellow", markup=False)
    wrong = list(broker.differences(want, have))
    for what, mend in wrong:
        err.print(f"WRONG   {what}; {mend}", style="red", markup=False)
    return not wrong
