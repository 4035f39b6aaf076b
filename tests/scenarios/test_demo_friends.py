"""The demo's bot and its scripted friend, on nodes in memory."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from chattor.demo import ada as script
from chattor.demo.ada import ada
from chattor.demo.echo import EVERY, GREETING, NEWS, echo
from chattor.model.events import Event, FriendAdded, FriendRequested, MessageReceived, PostReceived
from chattor.model.friend import RequestDirection
from tests.support.people import Person, people


@asynccontextmanager
async def _behind(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Somebody who lives while the block runs."""
    life = asyncio.create_task(work)
    try:
        yield
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def _heard(person: Person, count: int) -> list[str | None]:
    """So many texts that were sent to somebody, once they are there."""
    texts: list[str | None] = []

    def enough(event: Event) -> bool:
        if isinstance(event, MessageReceived) and event.message:
            texts.append(event.message.text)
        return len(texts) == count

    await person.until(enough)
    return texts


async def _posts(person: Person, count: int) -> list[str | None]:
    """So many posts of Echo's, oldest first, once they are there."""
    posts: list[str | None] = []

    def enough(event: Event) -> bool:
        if isinstance(event, PostReceived) and event.post:
            posts.append(event.post.text)
        return len(posts) == count

    await person.until(enough)
    return posts


async def test_echo_accepts_whoever_asks_greets_once_and_says_back_what_it_hears(tmp_path: Path) -> None:
    async with people(tmp_path, "you", "echo") as (you, bot), _behind(echo(bot.node)):
        request = await you.node.friends_add(await bot.code(), name="echo")
        await you.expect(FriendAdded)
        for text in ("one", "two"):
            await you.node.send(request.id, text)
        assert await _heard(you, 3) == [GREETING, "one", "two"]
        assert (await bot.node.friends_list())[0].unread == 0


async def test_an_echo_that_starts_again_says_nothing_twice(tmp_path: Path) -> None:
    async with people(tmp_path, "you", "echo") as (you, bot):
        async with _behind(echo(bot.node)):
            request = await you.node.friends_add(await bot.code(), name="echo")
            await you.node.send((await you.expect(FriendAdded)).friend, "one")
            await _heard(you, 2)
        await bot.stop()
        await bot.start()
        async with _behind(echo(bot.node)):
            await you.node.send(request.id, "two")
            assert await _heard(you, 3) == [GREETING, "one", "two"]


async def test_echo_has_something_in_its_channel_from_the_start_and_all_its_news_once(tmp_path: Path) -> None:
    async with people(tmp_path, "you", "echo") as (you, bot):
        async with _behind(echo(bot.node)):
            await you.node.friends_add(await bot.code(), name="echo")
            assert await _posts(you, 1) == [NEWS[0]]
        await bot.stop()
        await bot.start()
        async with _behind(echo(bot.node)):
            assert await _posts(you, len(NEWS)) == list(NEWS)
            await asyncio.sleep(2 * EVERY)
        assert len(await bot.node.channels_feed("public")) == len(NEWS)


async def test_ada_asks_introduces_herself_and_answers(tmp_path: Path) -> None:
    async with people(tmp_path, "you", "ada") as (you, friend), _behind(ada(friend.node, await you.code())):
        await you.expect(FriendRequested)
        (request,) = await you.node.friends_requests()
        assert (request.direction, request.name, request.note) == (RequestDirection.INCOMING, "ada", script.NOTE)
        await you.node.friends_accept(request.id)
        introduced = len(script.INTRODUCTION)
        assert await _heard(you, introduced) == list(script.INTRODUCTION)
        await you.node.send(request.id, "What are onions?")
        assert (await _heard(you, introduced + 1))[-1] == dict(script.ANSWERS)["onion"]


def test_ada_knows_words_and_not_parts_of_words() -> None:
    assert script.answer("KEYS!", 0) == dict(script.ANSWERS)["keys"]
    assert script.answer("this is a monkey, or is it", 0) == script.OTHERWISE[0]
    assert [script.answer("well", heard) for heard in range(4)] == [*script.OTHERWISE, script.OTHERWISE[0]]
