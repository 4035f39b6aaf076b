"""Programs that take events and die at any moment, over a real socket: nothing is missed, each in order."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from random import Random
from typing import cast

import pytest

from chattor.model.events import Event, MessageReceived
from chattor.rpc.client import connect
from tests.support.played import PlayedNode, inhabited
from tests.support.served import served

_TEXTS = [f"no {number}" for number in range(100)]


class _Program:
    """Takes events as consumer `name`; what it has dealt with outlives it, as a file would."""

    def __init__(self, path: Path, name: str, dice: Random) -> None:
        self._path = path
        self._name = name
        self._dice = dice
        self.dealt: list[str] = []
        self.lives = 0

    async def run(self) -> None:
        """Begin again after every death, until everything was dealt with."""
        while not {*_TEXTS} <= {*self.dealt}:
            self.lives += 1
            await self._live()

    async def _live(self) -> None:
        node = await connect(self._path)
        async with aclosing(cast("AsyncGenerator[Event, None]", node.events(consumer=self._name))) as events:
            async for event in events:
                if self._dies():
                    break
                if isinstance(event, MessageReceived) and event.message:
                    self.dealt.append(str(event.message.text))
                if self._dies() or _TEXTS[-1] in self.dealt:
                    break
                await node.consumers_ack(event.cursor, self._name)
        await node.close()

    def _dies(self) -> bool:
        return self._dice.random() < 0.05


async def _speak(node: PlayedNode) -> None:
    for text in _TEXTS:
        node.peer_says("bob", text)
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(3))
async def test_two_consumers_killed_at_random_miss_nothing(seed: int) -> None:
    dice = Random(seed)
    node = inhabited()
    async with served(node) as path:
        programs = [_Program(path, name, dice) for name in ("one", "two")]
        await asyncio.gather(_speak(node), *(program.run() for program in programs))
        for program in programs:
            assert [text for text in dict.fromkeys(program.dealt) if text in _TEXTS] == _TEXTS
            assert program.lives > 1
        assert {one.name for one in await node.consumers_list()} == {"one", "two"}
