"""What fails in a task ends that one only, and what a node always does is begun again."""

import asyncio

import pytest

from chattor.errors import TorDown
from chattor.node.tasks import PAUSE, Tasks
from tests.support.virtual import run


def test_a_defect_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def fails() -> None:
        raise ZeroDivisionError

    async def works() -> None:
        await asyncio.sleep(1)
        done.append("worked")

    async def story() -> None:
        tasks = Tasks()
        tasks.start(fails(), "this one")
        tasks.start(works(), "that one")
        await asyncio.sleep(2)
        await tasks.stop()

    run(story())
    assert done == ["worked"]
    assert "this one failed" in caplog.text


@pytest.mark.parametrize("failure", [ZeroDivisionError(), TorDown("gone")])
def test_what_a_node_always_does_is_begun_again(failure: Exception) -> None:
    begun: list[float] = []

    async def dials() -> None:
        begun.append(asyncio.get_running_loop().time())
        raise failure

    async def story() -> None:
        tasks = Tasks()
        tasks.keep(dials, "dialler")
        await asyncio.sleep(2.5 * PAUSE)
        await tasks.stop()
        await asyncio.sleep(10 * PAUSE)

    run(story())
    assert begun == [0, PAUSE, 2 * PAUSE]
