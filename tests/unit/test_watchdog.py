"""When a fold counts as standing still."""

import pytest

from contracts.errors import Fatal, Retry
from contracts.ports import Positions
from services.process.watchdog import STALLED_SECONDS, Watchdog

pytestmark = pytest.mark.quick


class World:
    """A log, a store and a clock."""

    def __init__(self) -> None:
        self.now, self.log, self.store = 0.0, {"a": 0, "b": 0}, {"a": 0, "b": 0}
        self.lost = self.busy = False
        self.own: set[str] = set()

    async def ends(self) -> Positions:
        if self.lost:
            raise Retry("away")
        return dict(self.log)

    async def positions(self) -> Positions:
        return dict(self.store)

    async def kept_waiting(self) -> bool:
        return self.busy

    def asked(self) -> float:
        return self.now


async def looked(world: World, watchdog: Watchdog, seconds: float) -> None:
    """Every five seconds."""
    until = world.now + seconds
    while world.now < until:
        world.now += 5
        await watchdog.look()


async def test_a_fold_that_stands_while_records_wait_is_told_of_after_a_minute_and_not_before() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.log["a"] = 7
    await looked(world, watchdog, STALLED_SECONDS)
    with pytest.raises(Fatal, match="7 records have waited for 60 s and none was folded"):
        await looked(world, watchdog, 5)


async def test_one_that_moves_in_any_partition_or_has_nothing_to_do_does_not_stand() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    await looked(world, watchdog, 5 * STALLED_SECONDS)
    world.log["a"] = 1_000
    for _ in range(10):
        world.store["a"] += 1
        await looked(world, watchdog, STALLED_SECONDS)
    world.store["a"] = 1_000
    await looked(world, watchdog, 5 * STALLED_SECONDS)


async def test_while_nobody_answers_no_time_passes_and_after_a_minute_it_is_told() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.log["a"] = 7
    await looked(world, watchdog, STALLED_SECONDS / 2)
    world.lost = True
    await looked(world, watchdog, STALLED_SECONDS)
    world.lost = False
    await looked(world, watchdog, STALLED_SECONDS)
    world.lost = True
    await looked(world, watchdog, STALLED_SECONDS)
    with pytest.raises(Fatal, match="for 60 s in vain: away"):
        await looked(world, watchdog, 5)


async def test_while_the_hub_itself_deletes_no_time_passes() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.log["a"], world.busy = 7, True
    await looked(world, watchdog, 5 * STALLED_SECONDS)
    world.busy = False
    with pytest.raises(Fatal, match="none was folded"):
        await looked(world, watchdog, STALLED_SECONDS + 5)


async def test_each_partition_of_its_own_must_go_on() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.own, world.log = {"a", "b"}, {"a": 1_000, "b": 7}
    for _ in range(int(STALLED_SECONDS) // 5):
        world.store["a"] += 1
        await looked(world, watchdog, 5)
    with pytest.raises(Fatal, match="7 records have waited"):
        await looked(world, watchdog, 5)


async def test_of_what_others_fold_it_says_nothing_and_what_it_is_given_begins_anew() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.own, world.log["b"] = {"a"}, 7
    await looked(world, watchdog, 5 * STALLED_SECONDS)
    world.own = {"a", "b"}
    await looked(world, watchdog, STALLED_SECONDS)
    with pytest.raises(Fatal, match="7 records have waited"):
        await looked(world, watchdog, 5)


async def test_one_that_has_none_waits_as_long_as_anything_goes_on() -> None:
    world = World()
    watchdog = Watchdog(world, world, world.kept_waiting, lambda: world.own, world.asked)
    world.log = {"a": 1_000, "b": 7}
    for _ in range(20):
        world.store["a"] += 1
        await looked(world, watchdog, STALLED_SECONDS / 2)
    with pytest.raises(Fatal, match="waited for 60 s and none was folded"):
        await looked(world, watchdog, STALLED_SECONDS + 5)
