"""Programs that take events and are killed, as by `kill -9`: each gets every event, in order."""

import asyncio
import signal
import sys
from pathlib import Path

from tests.support.played import PlayedNode, inhabited
from tests.support.served import hosted
from tests.support.shell import home

_TEXTS = [f"no {number}" for number in range(30)]
_PROGRAM = """
import asyncio, os, random, signal, sys
from pathlib import Path
from chattor.client import MessageReceived, connect

home, name, life, last = sys.argv[1:]
dice = random.Random(f"{name} {life}")

def perhaps_die(chance):
    if dice.random() < chance:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with connect(data_dir=Path(home, "data")) as chattor:
        async for event in chattor.events(consumer=name):
            perhaps_die(0.03)
            if isinstance(event, MessageReceived):
                with Path(home, name).open("a") as dealt_with:
                    dealt_with.write(event.message.text + "\\n")
                perhaps_die(event.message.text == last)
            perhaps_die(0.03)
            await chattor.consumers_ack(event.cursor, name)

asyncio.run(main())
"""


async def _live(directory: Path, name: str) -> int:
    """Begin again after every death, until everything was dealt with; how many lives that took."""
    lives = 0
    while _TEXTS[-1] not in _dealt(directory, name):
        lives += 1
        arguments = (str(directory), name, str(lives), _TEXTS[-1])
        program = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROGRAM, *arguments)
        assert await program.wait() == -signal.SIGKILL
    return lives


def _dealt(directory: Path, name: str) -> list[str]:
    file = directory / name
    return file.read_text().splitlines() if file.exists() else []


async def _speak(node: PlayedNode) -> None:
    for text in _TEXTS:
        node.peer_says("bob", text)
        await asyncio.sleep(0.05)


async def test_two_programs_killed_at_random_miss_nothing() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            speaking = asyncio.create_task(_speak(node))
            lives = await asyncio.gather(*(_live(shell.home, name) for name in ("one", "two")))
            await speaking
        assert min(lives) > 1
        for name in ("one", "two"):
            assert [text for text in dict.fromkeys(_dealt(shell.home, name)) if text in _TEXTS] == _TEXTS
