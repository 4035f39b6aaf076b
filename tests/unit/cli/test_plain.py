"""`chattor --plain [FRIEND]` as the program: beside a node that runs, and the ways it refuses."""

import pytest

from tests.support.played import inhabited
from tests.support.shell import Terminal, home, shell_with


async def test_it_attaches_to_the_node_that_runs() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        said = await shell.chattor("--plain", "bob", stdin=b"hello from a pipe\n/where\n")
        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines()[0] == "You write to bob: online, not verified, 2 unread."
        assert (await node.history("bob"))[-1].text == "hello from a pipe"
        assert (await shell.chattor("--plain", "nobody")).code == 6
        assert (await shell.chattor("--plain", stdin=b"/nonsense")).code == 2


async def test_it_lives_in_a_terminal_and_follows_the_node_to_its_end() -> None:
    node = inhabited()
    async with shell_with(node) as shell, Terminal(shell, "--plain", "bob") as terminal:
        await terminal.until("to bob> ")
        node.peer_says("bob", "over the socket")
        await terminal.until("bob: over the socket")
        await node.door.lock()
        await terminal.until("The profile was locked.")
        await node.door.unlock("correct horse")
        await terminal.until("The profile is unlocked.")
        await node.door.stop()
        await terminal.until("The node has stopped.")
        assert await terminal.ended() == 3
        assert terminal.echoes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--plain", "bob", "--daemon"], 2), (["--plain", "bob", "status"], 2), (["--plain"], 1)],
)
async def test_what_it_does_not_go_with(arguments: list[str], code: int) -> None:
    with home() as shell:
        said = await shell.chattor(*arguments)
        assert (said.code, said.out) == (code, "")
        assert said.err.startswith("chattor: ")
