"""What is gone is nowhere: every page of both stores and of their logs is decrypted and searched for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from chattor.errors import ApprovalPending
from chattor.model.events import FriendAdded
from chattor.model.message import Sent, Wait
from chattor.node.indexer import QUIET
from tests.scenarios.conftest import Two
from tests.support.image import image
from tests.support.people import KEY, Person

SECRET: Final = "qxzjvkqwvy"
"""No other word holds any four of its letters in a row."""
HOUR: Final = 3600
OPINIONS: Final = ("👩‍🚒", "🧑‍🚀")
OTHERS: Final = ("an ordinary text", "another one", "quiz jargon key way")

Ending = Callable[[Two, Sent], Awaitable[object]]


async def _expires(friends: Two, sent: Sent) -> None:
    await asyncio.sleep(61)


async def _is_deleted(friends: Two, sent: Sent) -> None:
    await friends.alice.node.delete(sent.id)


async def _is_edited(friends: Two, sent: Sent) -> None:
    await friends.alice.node.edit(sent.id, "something else")


async def _is_edited_and_expires(friends: Two, sent: Sent) -> None:
    await friends.alice.node.edit(sent.id, f"now {SECRET}s")
    await asyncio.sleep(61)


async def _is_kept_long_enough(friends: Two, sent: Sent) -> None:
    for person in friends:
        await person.node.friends_set("f1", "retention", "1s")
    await asyncio.sleep(31)


async def _is_forgotten(friends: Two, sent: Sent) -> None:
    friends.network.partition("alice", "bob")
    for person in friends:
        await person.node.friends_remove("f1", keep_history=False)


def _pieces(secret: bytes) -> set[bytes]:
    """What tells of a secret, even where an index keeps only the ends of its words."""
    return {secret[at : at + 4] for at in range(len(secret) - 3)}


def _found(person: Person, pieces: set[bytes]) -> set[bytes]:
    plain = image(person.path, KEY)
    return {piece for piece in pieces if piece in plain}


async def _indexed(person: Person) -> list[str]:
    """The terms of both indexes that only the secret has."""

    def look(tx: object) -> list[str]:
        connection = person.process.database._connection
        for table in ("words", "parts"):
            connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_terms USING fts5vocab(main, {table}, row)"
            )
        tables = (f"SELECT term FROM temp.{table}_terms" for table in ("words", "parts"))
        return [str(row[0]) for table in tables for row in connection.execute(table) if str(row[0])[:3] in SECRET]

    return await person.process.database.write(look)


async def _salt(person: Person) -> bytes:
    items = await person.process.database.read(lambda tx: tx.chain.after(1, 0))
    rests = [item.rest for item in items if item.rest is not None and SECRET.encode() in item.rest]
    return rests[0][:16]


@pytest.mark.parametrize("soon", [False, True], ids=["indexed", "at once"])
@pytest.mark.parametrize(
    "ending", [_expires, _is_deleted, _is_edited, _is_edited_and_expires, _is_kept_long_enough, _is_forgotten]
)
async def test_a_text_that_ended_is_in_no_page_no_log_and_no_index(friends: Two, ending: Ending, soon: bool) -> None:
    for text in OTHERS:
        await friends.alice.node.send("f1", text, Wait.DELIVERED)
    await friends.alice.node.draft("f1", f"I write {SECRET}")
    sent = await friends.alice.node.send("f1", f"a {SECRET} word", Wait.DELIVERED, ttl=60)
    await friends.bob.node.history("f1")
    salt = await _salt(friends.alice)
    if not soon:
        await asyncio.sleep(QUIET + 1)
        assert await _indexed(friends.alice)
        assert await _indexed(friends.bob)
    pieces = _pieces(SECRET.encode()) | {salt}
    assert _found(friends.alice, pieces) >= {SECRET[:4].encode(), salt}
    assert _found(friends.bob, pieces)

    await ending(friends, sent)
    await asyncio.sleep(2 * QUIET + 1)

    for person in friends:
        assert _found(person, pieces) == set()
        assert await _indexed(person) == []
        await person.process.database.write(lambda tx: tx.search.check())


@pytest.mark.parametrize("ending", [_expires, _is_deleted, _is_kept_long_enough], ids=lambda each: each.__name__)
async def test_what_was_thought_of_a_text_goes_with_it(friends: Two, ending: Ending) -> None:
    sent = await friends.alice.node.send("f1", "an ordinary text", Wait.DELIVERED, ttl=60)
    for person, emoji in zip(friends, OPINIONS, strict=True):
        (message,) = await person.node.history("f1")
        await person.node.react(message.id, emoji)
    await asyncio.sleep(QUIET)
    opinions = {emoji.encode() for emoji in OPINIONS}
    assert [_found(person, opinions) for person in friends] == [opinions, opinions]

    await ending(friends, sent)
    await asyncio.sleep(2 * QUIET + 1)

    assert [_found(person, opinions) for person in friends] == [set(), set()]


async def test_a_reaction_taken_back_is_nowhere_and_the_one_in_its_place_arrives(friends: Two) -> None:
    alice, bob = friends
    first, second = OPINIONS
    sent = await alice.node.send("f1", "an ordinary text", Wait.DELIVERED)
    await bob.stop()
    await alice.node.react(sent.id, first)
    await alice.node.react(sent.id, second)
    await bob.start()
    await asyncio.sleep(60)

    assert [message.reactions for message in await bob.node.history("f1")] == [{second: ["f1"]}]
    await alice.node.react(sent.id, "")
    await asyncio.sleep(2 * QUIET + 1)
    assert [_found(person, {emoji.encode() for emoji in OPINIONS}) for person in friends] == [set(), set()]


async def test_a_draft_that_was_replaced_is_nowhere(friends: Two) -> None:
    alice, _ = friends
    await alice.node.draft("f1", f"I write {SECRET}")
    assert _found(alice, {SECRET.encode()})

    await alice.node.draft("f1", "")
    await asyncio.sleep(2 * QUIET + 1)

    assert not _found(alice, _pieces(SECRET.encode()))


async def test_posts_kept_of_a_former_friend_can_be_forgotten_later(friends: Two) -> None:
    alice, bob = friends
    await alice.node.channels_publish("public", f"a {SECRET} post")
    await asyncio.sleep(5)
    await bob.node.friends_remove("f1", keep_history=True)
    await asyncio.sleep(60)
    assert len(await bob.node.search(f"in:* {SECRET}")) == 1

    await bob.node.friends_remove("f1", keep_history=False)
    await asyncio.sleep(2 * QUIET + 1)

    assert _found(bob, _pieces(SECRET.encode())) == set()


async def test_what_is_left_of_a_friend_who_never_hears_of_the_end_is_not_his_draft(friends: Two) -> None:
    alice, _ = friends
    friends.network.partition("alice", "bob")
    await alice.node.draft("f1", f"I write {SECRET}")

    await alice.node.friends_remove("f1", keep_history=False)
    await asyncio.sleep(2 * QUIET + 1)

    assert not _found(alice, _pieces(SECRET.encode()))


async def test_a_post_taken_back_and_the_posts_of_an_owner_given_up_are_nowhere(strangers: Two) -> None:
    alice, bob = strangers
    pieces = _pieces(SECRET.encode())
    await alice.node.channels_publish("public", "an ordinary post")
    post = await alice.node.channels_publish("public", f"a {SECRET} post")
    followed = await bob.node.channels_subscribe(await alice.code())
    await bob.node.channels_sync(followed.id)
    assert _found(alice, pieces)
    assert _found(bob, pieces)

    await bob.node.channels_unsubscribe(followed.id)
    await alice.node.channels_retract(post.id)
    await asyncio.sleep(2 * QUIET + 1)

    for person in strangers:
        assert _found(person, pieces) == set()


@pytest.mark.parametrize("decide", ["approvals_deny", "approvals_allow"])
async def test_what_an_agent_wanted_to_say_is_nowhere_once_it_was_decided(friends: Two, decide: str) -> None:
    """Allowed and published, it goes with the post; denied, at once."""
    alice = friends.alice
    agent, _ = await alice.node.agent_named((await alice.node.agents_add("helper")).token)
    said = {"channel": "c1", "text": f"a {SECRET} word"}
    with pytest.raises(ApprovalPending) as asked:
        await alice.node.agent_call(agent, "channels_publish", said)
    pieces = _pieces(SECRET.encode())
    assert _found(alice, pieces)

    await getattr(alice.node, decide)(asked.value.approval)
    for post in await alice.node.channels_feed("c1"):
        await alice.node.channels_retract(post.id)
    await asyncio.sleep(2 * QUIET + 1)

    assert _found(alice, pieces) == set()


async def _is_accepted(strangers: Two) -> None:
    await strangers.bob.node.friends_accept((await strangers.bob.request()).id)
    await strangers.alice.expect(FriendAdded)


async def _is_rejected(strangers: Two) -> None:
    await strangers.bob.node.friends_reject((await strangers.bob.request()).id)
    await strangers.alice.node.friends_cancel("f1")


async def _is_taken_back(strangers: Two) -> None:
    await strangers.alice.node.friends_cancel("f1")


async def _is_blocked(strangers: Two) -> None:
    await strangers.bob.node.friends_block((await strangers.bob.request()).id)
    await strangers.alice.node.friends_cancel("f1")


@pytest.mark.parametrize("answer", [_is_accepted, _is_rejected, _is_taken_back, _is_blocked])
async def test_the_note_of_a_request_is_nowhere_once_it_was_answered(
    strangers: Two, answer: Callable[[Two], Awaitable[None]]
) -> None:
    alice, bob = strangers
    pieces = _pieces(SECRET.encode())
    await alice.node.friends_add(await bob.code(), name="bob", note=f"we met at {SECRET}")
    await bob.request()
    await asyncio.sleep(5)
    assert _found(alice, pieces)
    assert _found(bob, pieces)

    await answer(strangers)
    await asyncio.sleep(60)

    assert [_found(person, pieces) for person in strangers] == [set(), set()]


async def test_the_former_name_of_a_friend_is_nowhere(friends: Two) -> None:
    alice, _ = friends
    pieces = _pieces(SECRET.encode())
    for number in range(20):
        await alice.node.friends_rename("f1", f"{SECRET} {number}")
    assert _found(alice, pieces)

    await alice.node.friends_rename("f1", "bob")
    await asyncio.sleep(2 * QUIET + 1)

    assert _found(alice, pieces) == set()


async def test_a_store_of_which_something_went_is_written_anew_soon_and_then_every_day(friends: Two) -> None:
    statements: list[str] = []
    alice, _ = friends
    alice.process.database._connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]  # sqlite3's
    await alice.node.friends_rename("f1", "bobby")
    await asyncio.sleep(5 * 60)
    assert statements.count("VACUUM") == 1

    await alice.node.friends_rename("f1", "bob")
    await asyncio.sleep(HOUR)
    assert statements.count("VACUUM") == 1
    await asyncio.sleep(24 * HOUR)
    assert statements.count("VACUUM") == 2
