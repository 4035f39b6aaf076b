"""Channels (protocol §7): friends, strangers, retractions, and publishers that come back as they were."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from chattor.errors import Ambiguous, BadFriendCode, DialFailed, NotAllowed, NotFound
from chattor.model.channel import Access, Channel
from chattor.model.events import IdentityAlarm, PostReceived
from chattor.protocol.limits import RETRY_FIRST, STRANGER_SYNC_EVERY, SYNC_EVERY
from tests.scenarios.conftest import Two
from tests.support.people import Person, befriend, people
from tests.support.probe import Probe, Watched
from tests.support.virtual import eventually

A_ROUND = SYNC_EVERY * 1.3


class Three(NamedTuple):
    """Alice publishes; Bob is her friend; Carol is a stranger."""

    alice: Person
    bob: Person
    carol: Person


@pytest.fixture
async def three(directory: Path, probe: Probe) -> AsyncIterator[Three]:
    async with people(directory, "alice", "bob", "carol", make_core=partial(Watched, probe=probe)) as crowd:
        await befriend(crowd[1], crowd[0])
        yield Three(*crowd)


async def _feed(person: Person, channel: str) -> list[str | None]:
    """The texts of a channel, oldest first."""
    return [post.text for post in await person.node.channels_feed(channel, limit=1000)][::-1]


async def _shown(person: Person, channel: str, *texts: str | None, within: float = 60.0) -> None:
    async def are_there() -> bool:
        try:
            return await _feed(person, channel) == list(texts)
        except NotFound:
            return False

    try:
        await eventually(are_there, within)
    except TimeoutError:
        assert await _feed(person, channel) == list(texts)


async def _channel(person: Person, name: str, *, own: bool = False) -> Channel:
    return next(one for one in await person.node.channels_list() if one.name == name and one.own is own)


async def test_two_channels_exist_from_the_start(strangers: Two) -> None:
    listed = await strangers.alice.node.channels_list()

    assert [(one.name, one.access, one.own) for one in listed] == [
        ("public", "public", True),
        ("friends", "friends", True),
    ]


async def test_friends_read_each_other_at_once(three: Three) -> None:
    alice, bob, _ = three
    await eventually(lambda: _both_offered(bob))

    posted = await alice.node.channels_publish("friends", "good morning")
    await _shown(bob, "alice/friends", "good morning", within=5)

    event = await bob.expect(PostReceived)
    assert (event.post is not None and event.post.text, event.friend) == ("good morning", "f1")
    assert (await _channel(bob, "friends")).unread == 1
    assert posted.seq == 1


async def _both_offered(person: Person) -> bool:
    listed = await person.node.channels_list()
    return [one.name for one in listed if one.subscribed and one.last_sync] == ["public", "friends"]


async def test_a_channel_made_later_is_offered_and_read_when_wanted(three: Three) -> None:
    alice, bob, _ = three
    await eventually(lambda: _both_offered(bob))
    await alice.node.channels_create("walks", Access.FRIENDS)
    await alice.node.channels_publish("walks", "the lake")
    await asyncio.sleep(A_ROUND)

    offered = await _channel(bob, "walks")
    assert (offered.subscribed, offered.owner, offered.access) == (False, "alice", "friends")
    await bob.node.channels_subscribe("alice", "walks")

    await _shown(bob, "walks", "the lake")


async def test_all_channels_of_a_new_friend_are_read(strangers: Two) -> None:
    alice, bob = strangers
    await alice.node.channels_create("walks")
    await alice.node.channels_publish("walks", "the lake")

    await befriend(bob, alice)

    await _shown(bob, "walks", "the lake")


async def test_a_stranger_reads_what_is_public_and_stays_unknown(three: Three) -> None:
    alice, _, carol = three
    await alice.node.channels_publish("public", "hello world")
    await alice.node.channels_publish("friends", "among us")

    await carol.node.channels_subscribe(await alice.code())
    await carol.node.channels_subscribe(await alice.code(), "friends")

    await _shown(carol, "c3", "hello world", within=30)
    await asyncio.sleep(3 * A_ROUND)
    assert await _feed(carol, "c4") == []
    assert [row.name for row in await alice.node.friends_list()] == ["bob"]
    assert (await _channel(carol, "public")).friend is None


async def test_a_hidden_channel_looks_like_one_that_does_not_exist(three: Three) -> None:
    _, _, carol = three
    code = await three.alice.code()
    for name in ("friends", "nothing"):
        await carol.node.channels_subscribe(code, name)
    await asyncio.sleep(3 * A_ROUND)

    rows = await carol.process.database.read(lambda tx: tx.channels.of(1))
    hidden, missing = (row for row in rows if row.name in ("friends", "nothing"))
    assert (hidden.friends_only, hidden.synced, hidden.alarm) == (missing.friends_only, missing.synced, missing.alarm)
    assert hidden.synced_ms is not None
    assert missing.synced_ms is not None


async def test_a_name_the_owner_does_not_have_is_said_so_until_he_has_it(three: Three) -> None:
    alice, bob, carol = three
    for reader, code in ((carol, await alice.code()), (bob, "alice")):
        assert (await reader.node.channels_subscribe(code, "walks")).note is None
    await asyncio.sleep(STRANGER_SYNC_EVERY)
    for reader in (carol, bob):
        assert (await _channel(reader, "walks")).note == "there is no such channel there (yet)"

    await alice.node.channels_create("walks")
    await alice.node.channels_publish("walks", "the lake")
    for reader in (carol, bob):
        channel = (await _channel(reader, "walks")).id
        await _shown(reader, channel, "the lake", within=A_ROUND)
        assert (await _channel(reader, "walks")).note is None


async def test_a_second_wish_of_a_stranger_waits_for_its_minute_and_complains_of_nothing(three: Three) -> None:
    alice, _, carol = three
    await alice.node.channels_create("walks")
    for name in ("public", "walks"):
        await alice.node.channels_publish(name, f"in {name}")
    code = await alice.code()
    public = await carol.node.channels_subscribe(code, "public")
    await _shown(carol, public.id, "in public", within=30)
    walks = await carol.node.channels_subscribe(code, "walks")
    for _ in range(30):
        await asyncio.sleep(1)
        assert [one.note for one in await carol.node.channels_list()] == [None] * 4

    assert [one.note for one in await carol.node.channels_sync(walks.id)] == [None]
    await _shown(carol, walks.id, "in walks", within=2 * STRANGER_SYNC_EVERY)
    assert (await _channel(carol, "walks")).note is None


async def test_a_stranger_gets_what_is_new_every_five_minutes_and_the_backlog_a_page_a_minute(three: Three) -> None:
    alice, _, carol = three
    for number in range(120):
        await alice.node.channels_publish("public", f"post {number}")
    await carol.node.channels_subscribe(await alice.code())

    await _shown(carol, "c3", *(f"post {n}" for n in range(20, 120)), within=3 * STRANGER_SYNC_EVERY)
    await alice.node.channels_publish("public", "one more")

    await _shown(carol, "c3", *(f"post {n}" for n in range(21, 120)), "one more", within=A_ROUND)


async def test_the_publisher_always_sees_the_same_mask_and_no_other_publisher_does(three: Three) -> None:
    alice, bob, carol = three
    seen: dict[str, set[bytes]] = {"alice": set(), "bob": set()}
    for person in (alice, bob):
        accept = person.process.runtime._links._proved

        async def note(connection: object, event: object, name: str = person.name, go_on: object = accept) -> None:
            seen[name].add(event.certificate.ik_sig)  # type: ignore[attr-defined]
            await go_on(connection, event)  # type: ignore[operator]

        person.process.runtime._links._proved = note  # type: ignore[method-assign]
        await carol.node.channels_subscribe(await person.code())
    await asyncio.sleep(3 * A_ROUND)
    await carol.stop()
    await carol.start()
    await asyncio.sleep(A_ROUND)

    (at_alice,), (at_bob,) = seen["alice"], seen["bob"]
    assert len({at_alice, at_bob, carol.identity.sig.public}) == 3


async def test_a_retracted_post_is_gone_for_those_who_have_it_and_for_those_who_come_later(three: Three) -> None:
    alice, bob, carol = three
    post = await alice.node.channels_publish("public", "a slip of the tongue")
    await alice.node.channels_publish("public", "something else")
    await _shown(bob, "alice/public", "a slip of the tongue", "something else")

    retracted = await alice.node.channels_retract(post.id)
    await carol.node.channels_subscribe(await alice.code())

    await _shown(bob, "alice/public", None, "something else")
    await _shown(carol, "c3", None, "something else")
    assert (retracted.retracted, retracted.text) == (True, None)
    assert [one.retracted for one in await carol.node.channels_feed("c3")] == [False, True]
    assert await alice.node.channels_retract(post.id) == retracted
    for person in three:
        await person.stop()
        assert b"a slip of the tongue" not in person.path.read_bytes()


async def test_a_reader_who_was_away_catches_up_when_he_is_back(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "before")
    await _shown(bob, "alice/public", "before")
    await bob.stop()
    for number in range(60):
        await alice.node.channels_publish("public", f"post {number}")

    await bob.start()

    await _shown(bob, "alice/public", "before", *(f"post {number}" for number in range(60)))
    assert all(post.gap == 0 for post in await bob.node.channels_feed("alice/public", 100))


async def test_whoever_unsubscribed_gets_nothing_more_though_the_link_stands(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "before")
    await _shown(bob, "alice/public", "before")

    assert not (await bob.node.channels_unsubscribe("alice/public")).subscribed
    await alice.node.channels_publish("public", "after")
    await asyncio.sleep(A_ROUND)
    assert await _feed(bob, "alice/public") == ["before"]

    await bob.node.channels_subscribe("alice")
    await _shown(bob, "alice/public", "before", "after")


async def test_a_stranger_who_was_away_is_tried_again_soon_and_then_as_often_as_ever(three: Three) -> None:
    alice, _, carol = three
    await alice.node.channels_publish("public", "back in a moment")
    code = await alice.code()
    await alice.stop()
    await carol.node.channels_subscribe(code)
    await asyncio.sleep(10)
    await alice.start()
    await _shown(carol, "c3", "back in a moment", within=RETRY_FIRST * 1.3)

    await alice.stop()
    await asyncio.sleep(3600)
    await alice.start()
    await alice.node.channels_publish("public", "back after an hour")
    await _shown(carol, "c3", "back in a moment", "back after an hour", within=A_ROUND)


async def test_a_stranger_of_whom_nothing_is_read_any_more_is_forgotten(three: Three) -> None:
    alice, _, carol = three
    await carol.node.channels_subscribe(await alice.code())
    await asyncio.sleep(10)

    await carol.node.channels_unsubscribe("c3")

    assert await carol.process.database.read(lambda tx: tx.channels.publisher(1)) is None
    assert [one.own for one in await carol.node.channels_list()] == [True, True]


async def test_a_friend_who_is_one_no_longer_reads_only_as_a_stranger_does(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.friends_remove("bob")
    await asyncio.sleep(60)
    await alice.node.channels_publish("friends", "among us")
    await alice.node.channels_publish("public", "to all")
    assert [one.own for one in await bob.node.channels_list()] == [True, True]

    await bob.node.channels_subscribe(await alice.code())
    await bob.node.channels_subscribe(await alice.code(), "friends")
    await asyncio.sleep(3 * A_ROUND)

    assert [await _feed(bob, one.id) for one in await bob.node.channels_list() if not one.own] == [["to all"], []]


async def test_a_stranger_who_becomes_a_friend_reads_on_with_all_he_has(three: Three) -> None:
    alice, _, carol = three
    await alice.node.channels_publish("public", "to all")
    await alice.node.channels_publish("friends", "among us")
    await carol.node.channels_subscribe(await alice.code())
    await _shown(carol, "c3", "to all")

    await befriend(carol, alice)

    await _shown(carol, "alice/friends", "among us")
    await alice.node.channels_publish("public", "news")
    await _shown(carol, "alice/public", "to all", "news", within=5)


async def test_friends_tell_that_they_read_if_they_may(three: Three) -> None:
    alice, bob, carol = three
    carol.settings = type(carol.settings)(privacy=type(carol.settings.privacy)(receipts="off"))
    carol.process.core.settings = carol.settings
    await befriend(carol, alice)
    post = await alice.node.channels_publish("public", "who reads this?")
    for person in (bob, carol):
        await _shown(person, "alice/public", "who reads this?")
        assert (await person.node.channels_read("alice/public")).unread == 0
    await asyncio.sleep(A_ROUND)

    (shown,) = await alice.node.channels_feed("public")
    assert (shown.id, shown.seen_by) == (post.id, 1)


async def test_what_was_read_while_its_author_was_away_is_told_later(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "who reads this?")
    await _shown(bob, "alice/public", "who reads this?")
    await alice.stop()
    await bob.node.channels_read("alice/public")
    await alice.start()

    async def is_told() -> bool:
        return (await alice.node.channels_feed("public"))[0].seen_by == 1

    await eventually(is_told)


async def test_a_post_that_its_owner_lost_is_a_gap_and_what_he_no_longer_keeps_is_none(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "post 0")
    await _shown(bob, "alice/public", "post 0")
    await bob.stop()
    for number in range(1, 120):
        await alice.node.channels_publish("public", f"post {number}")
    await alice.process.database.write(lambda tx: tx._sql.execute("DELETE FROM posts WHERE text = 'post 110'"))
    await bob.start()
    await asyncio.sleep(30)

    gaps = {post.text: post.gap for post in await bob.node.channels_feed("alice/public", 1000) if post.gap}
    assert gaps == {"post 111": 1}


async def test_two_copies_of_a_publisher_are_noticed_and_both_stories_kept(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "one")
    await _shown(bob, "alice/public", "one")
    copy = alice.copy()
    await alice.node.channels_publish("public", "two, told here")
    await _shown(bob, "alice/public", "one", "two, told here")

    alice.crash()
    alice.put_back(copy)
    bob.network.down("bob")
    await alice.start()
    await alice.node.channels_publish("public", "two, told there")
    bob.network.up("bob")
    await asyncio.sleep(A_ROUND)

    texts = await _feed(bob, "alice/public")
    assert sorted(filter(None, texts)) == ["one", "two, told here", "two, told there"]
    alarms = [event for event in (await bob.node.recv("0")).events if isinstance(event, IdentityAlarm)]
    assert len(alarms) == 1
    assert "two stories" in ((await _channel(bob, "public")).alarm or "")


async def test_a_publisher_put_back_is_told_by_his_readers_and_begins_anew(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "one")
    copy = alice.copy()
    await alice.node.channels_publish("public", "lost here")
    await _shown(bob, "alice/public", "one", "lost here")

    alice.crash()
    alice.put_back(copy)
    await alice.start()
    await asyncio.sleep(60)  # Bob asks for what comes after a post that Alice does not know
    await alice.node.channels_publish("public", "after the restore")

    await _shown(bob, "alice/public", "one", "lost here", "after the restore")
    assert (await _channel(bob, "public")).alarm is None


async def test_a_publisher_restored_from_a_backup_begins_anew_by_himself(three: Three) -> None:
    alice, bob, _ = three
    await alice.node.channels_publish("public", "one")
    copy = alice.copy()
    await alice.node.channels_publish("public", "lost here")
    await _shown(bob, "alice/public", "one", "lost here")

    alice.crash()
    alice.put_back(copy)
    alice.network.down("alice")
    await alice.start()
    await alice.process.database.write(lambda tx: tx.own.mark_restored(1))
    await alice.node.channels_publish("public", "after the restore")
    alice.network.up("alice")

    await _shown(bob, "alice/public", "one", "lost here", "after the restore")
    assert (await _channel(bob, "public")).alarm is None


async def test_a_stranger_follows_an_owner_to_his_new_address(three: Three) -> None:
    alice, _, carol = three
    await carol.node.channels_subscribe(await alice.code())
    await asyncio.sleep(10)
    await alice.node.rotate_onion()
    await asyncio.sleep(A_ROUND)

    await alice.process.database.write(lambda tx: tx.own.forget(1))  # a month later
    await alice.stop()
    await alice.start()
    await alice.node.channels_publish("public", "from here")

    await _shown(carol, "c3", "from here", within=A_ROUND)


async def test_a_sync_that_is_asked_for_waits_for_the_answers_and_says_when_there_are_none(three: Three) -> None:
    alice, bob, carol = three
    await carol.node.channels_subscribe(await alice.code())
    await asyncio.sleep(90)
    await alice.node.channels_publish("public", "fresh")

    (synced,) = await carol.node.channels_sync("c3")
    assert (synced.posts, synced.note) == (1, None)
    assert [one.posts for one in await bob.node.channels_sync()] == [1, 0]

    await alice.stop()
    with pytest.raises(DialFailed, match="not found"):
        await carol.node.channels_sync("c3")
    with pytest.raises(DialFailed, match=r"not online|went away"):
        await bob.node.channels_sync("alice/public")
    assert "not found" in ((await _channel(carol, "public")).note or "")


async def test_names_and_rights_are_checked(three: Three) -> None:
    alice, bob, _ = three
    with pytest.raises(NotAllowed, match="taken"):
        await alice.node.channels_create("Public")
    with pytest.raises(NotFound):
        await alice.node.channels_publish("nothing", "x")
    with pytest.raises(NotAllowed, match="not your channel"):
        await bob.node.channels_publish("alice/public", "x")
    with pytest.raises(BadFriendCode):
        await bob.node.channels_subscribe("nobody")
    with pytest.raises(NotFound):
        await bob.node.channels_unsubscribe("nothing")
    await befriend(alice, three.carol)
    await asyncio.sleep(10)
    with pytest.raises(Ambiguous):
        await alice.node.channels_unsubscribe("public")
