"""The programs in docs/examples do what they say, beside a real node, as processes of their own."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from chattor.model.message import Direction, Message
from tests.support.played import PlayedNode, inhabited
from tests.support.served import hosted
from tests.support.shell import Said, Shell, home, shell_with

DOCS: Final = Path(__file__).parents[3] / "docs"
FEED: Final = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Birds</title>
<item><title>Swifts  are\nback</title><link>https://example.org/2</link><guid>b2</guid></item>
<item><title>Storks are back</title><link>https://example.org/1</link><guid>b1</guid></item>
</channel></rss>"""


async def _start(shell: Shell, example: str, *arguments: str) -> Process:
    command = (sys.executable, str(DOCS / "examples" / example), *arguments)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=shell.surroundings()
    )


async def _run(shell: Shell, example: str, *arguments: str, stdin: str = "") -> Said:
    process = await _start(shell, example, *arguments)
    out, err = await process.communicate(stdin.encode())
    return Said(out=out.decode(), err=err.decode(), code=process.returncode or 0)


async def _end(process: Process) -> None:
    process.terminate()
    await process.communicate()


def _ours(messages: list[Message]) -> list[str | None]:
    return [one.text for one in messages if one.direction is Direction.OUT]


async def test_the_echo_bot_answers_each_message_once_through_restarts_of_its_own_and_of_the_node() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            bot = await _start(shell, "echo_bot.py")
            await _until(node, "hello alice", "are you there?")
            await _end(bot)
            node.peer_says("bob", "while it was away")
            bot = await _start(shell, "echo_bot.py")
            await _until(node, "hello alice", "are you there?", "while it was away")
        node.peer_says("bob", "and we")
        async with hosted(node, shell.paths.socket):
            await _until(node, "hello alice", "are you there?", "while it was away", "and we")
            await _end(bot)
        replies = [one.reply_to for one in await node.history("bob") if one.direction is Direction.OUT]
        assert len(set(replies)) == len(replies) == 4


async def _until(node: PlayedNode, *texts: str) -> None:
    """Wait until the bot has sent these to bob."""
    async for _ in node.events("0"):
        if _ours(await node.history("bob")) == list(texts):
            return


async def test_what_a_job_of_cron_prints_is_sent_once_and_silence_is_not() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        for _ in range(2):
            assert await _run(shell, "notify_me.py", "bob", stdin="disk full\n") == Said(out="", err="", code=0)
        assert await _run(shell, "notify_me.py", "bob", stdin="\n") == Said(out="", err="", code=0)
        assert (await _run(shell, "notify_me.py", "bob", stdin="x" * 20_000 + "at the end")).code == 0
        first, second = _ours(await node.history("bob"))
        assert (first, (second or "")[-10:]) == ("disk full", "at the end")
        refused = await _run(shell, "notify_me.py", "nobody", stdin="disk full")
        assert (refused.code, refused.err[:31]) == (1, "notify_me: no friend “nobody”. ")


async def test_a_feed_is_posted_once_oldest_first_and_what_is_retracted_stays_so() -> None:
    node = inhabited()
    async with shell_with(node) as shell:
        seen, again = str(shell.home / "seen"), str(shell.home / "again")
        assert await _run(shell, "feed_to_channel.py", "public", seen, stdin=FEED) == Said(out="", err="", code=0)
        posts = await node.channels_feed("public")
        assert [post.text for post in posts[:2]] == [
            "Swifts are back\nhttps://example.org/2",
            "Storks are back\nhttps://example.org/1",
        ]
        assert (await _run(shell, "feed_to_channel.py", "public", again, stdin=FEED)).code == 0
        assert len(await node.channels_feed("public")) == len(posts)
        await node.channels_retract(posts[0].id)
        assert (await _run(shell, "feed_to_channel.py", "public", seen, stdin=FEED)).code == 0
        assert len(await node.channels_feed("public")) == len(posts)
        for bad in ("<rss>", "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>&a;</rss>"):
            assert (await _run(shell, "feed_to_channel.py", "public", seen, stdin=bad)).code == 1


def test_the_page_shows_the_bot_as_it_is() -> None:
    assert (DOCS / "examples/echo_bot.py").read_text() in (DOCS / "client.md").read_text()
