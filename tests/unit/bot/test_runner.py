"""Work that outlives the acknowledgement."""

import asyncio

from bot.runner import Tasks


async def test_draining_waits_for_what_is_in_hand_and_what_that_starts() -> None:
    tasks, done = Tasks(), []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        done.append("first")
        tasks.spawn(second())

    tasks.spawn(first())
    assert await tasks.drain(5) == 0
    assert (done, len(tasks)) == (["first", "second"], 0)


async def test_draining_gives_up_in_the_end() -> None:
    tasks = Tasks()
    stuck = tasks.spawn(asyncio.Event().wait())
    assert await tasks.drain(0.01) == 1
    assert stuck.cancelled()
