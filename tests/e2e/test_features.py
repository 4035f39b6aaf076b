"""Channels, limited time, search, rotation and more on real Tor: whole programs of two friends and of a stranger."""

from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

import pytest
import pytest_asyncio

from chattor.demo.patience import eventually, together
from chattor.demo.person import Person
from chattor.errors import LocalError
from chattor.model.channel import Channel, Post
from chattor.model.events import Event, Expired, PostReceived
from chattor.model.friend import Friend, SafetyNumber
from chattor.model.ids import ChannelId, MessageId
from chattor.model.message import Direction, Message, Sent
from chattor.model.search import SearchHit
from chattor.model.settings import Setting
from chattor.model.status import Identity
from chattor.transport.tor.network import PrivateNetwork
from tests.support.programs import PATIENCE, Friends, all_delivered, appear, befriend, conversation, programs, texts

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]

HOUR: Final = 3600
ADDRESS: Final = "Kim/friends"
EVERYBODY: Final = "to everybody"
FRIENDS: Final = "among friends"


class Three(NamedTuple):
    """Kim publishes; Lea becomes her friend; Max never does."""

    kim: Person
    lea: Person
    max: Person


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def three(tor_network: PrivateNetwork) -> AsyncIterator[Three]:
    """People of these tests' own, reachable; Kim has posted twice, and will be somebody else in the end."""
    async with programs(tor_network.client_torrc_path, "Kim", "Lea", "Max") as crowd:
        await appear(*crowd)
        for channel, text in (("public", EVERYBODY), ("friends", FRIENDS)):
            await crowd[0].verb(Post, "channels", "publish", channel, text)
        yield Three(*crowd)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kims(three: Three) -> Friends:
    """Kim and Lea, friends."""
    return Friends(three.kim, three.lea, await befriend(three.lea, three.kim))


async def _feed(person: Person, channel: str) -> list[str | None]:
    """The texts of a channel, oldest first; none when there is no such channel."""
    try:
        return [post.text for post in await person.verb(list[Post], "channels", "feed", channel)][::-1]
    except LocalError:
        return []


async def _shows(person: Person, channel: str, *wanted: str | None) -> None:
    async def does() -> bool:
        return await _feed(person, channel) == list(wanted)

    await eventually(does, f"{person.name}'s feed to be {wanted}", within=PATIENCE)


async def _synced(person: Person, channel: ChannelId) -> None:
    async def is_answered() -> bool:
        listed = await person.verb(list[Channel], "channels", "list")
        return any(one.id == channel and one.last_sync is not None for one in listed)

    await eventually(is_answered, f"an answer about {person.name}'s channel", within=PATIENCE)


async def _friend(friends: Friends, person: Person) -> Friend:
    listed = await person.verb(list[Friend], "friends", "list")
    return next(one for one in listed if one.id == friends.calls[person])


async def _until_friend(friends: Friends, person: Person, wanted: Callable[[Friend], bool], what: str) -> None:
    async def is_so() -> bool:
        return wanted(await _friend(friends, person))

    await eventually(is_so, f"{person.name} to see {what}", within=PATIENCE)


async def _talk(friends: Friends, about: str) -> None:
    """A text each way at once; both know that it arrived, and it was read once."""
    for sent in await together(*(_say(friends, person, about) for person in friends.people)):
        assert sent.state == "delivered"
    for person in friends.people:
        heard = texts(await conversation(person, friends.calls[person]), Direction.IN)
        assert heard.count(about) == 1
        assert heard[-1] == about


async def _say(friends: Friends, person: Person, text: str, *options: str) -> Sent:
    waiting = ("--wait", "delivered", "--timeout", str(PATIENCE))
    return await person.verb(Sent, "send", friends.calls[person], text, *waiting, *options)


def _is_post(text: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, PostReceived) and event.post is not None and event.post.text == text


def _is_end(message: MessageId) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Expired) and event.id == message


async def test_strangers_read_what_is_public_and_only_that(three: Three) -> None:
    kim, lea, stranger = three
    code = (await kim.verb(Identity, "identity")).friend_code
    public = await stranger.verb(Channel, "channels", "subscribe", code)
    hidden = await lea.verb(Channel, "channels", "subscribe", code, "--channel", "friends")

    await _shows(stranger, public.id, EVERYBODY)
    await _synced(lea, hidden.id)
    assert await _feed(lea, hidden.id) == []
    assert (await kim.chattor("friends", "list", "--json")).out.strip() == "[]"
    assert (await kim.chattor("friends", "requests", "--json")).out.strip() == "[]"


async def test_friends_read_each_other_without_asking(kims: Friends) -> None:
    kim, lea = kims.people
    await _shows(lea, ADDRESS, FRIENDS)

    post = await kim.verb(Post, "channels", "publish", "friends", "oops")
    await lea.until(_is_post("oops"), "the post", within=PATIENCE)
    assert (await kim.verb(Post, "channels", "retract", post.id)).retracted
    await _shows(lea, ADDRESS, FRIENDS, None)


async def test_a_timer_is_agreed_and_a_text_ends_on_both_sides(kims: Friends) -> None:
    kim, lea = kims.people
    assert (await kim.verb(Friend, "ephemeral", kims.calls[kim], "1h")).ephemeral == HOUR
    await _until_friend(kims, lea, lambda it: it.ephemeral == HOUR, "the timer")
    await lea.verb(Friend, "ephemeral", kims.calls[lea], "off")
    await _until_friend(kims, kim, lambda it: it.ephemeral is None, "that it is off")

    await _say(kims, lea, "the river bends at noon")
    sent = await _say(kims, lea, "the river burns", "--ttl", "5s")
    shown = (await kim.verb(list[Message], "history", kims.calls[kim], "--limit", "1"))[0]
    assert (shown.text, shown.ttl) == ("the river burns", 5)
    for person, message in ((kim, shown.id), (lea, sent.id)):
        await person.until(_is_end(message), "the end of the text", within=PATIENCE)
        found = await person.verb(list[SearchHit], "search", "river")
        assert [hit.text for hit in found] == ["the river bends at noon"]
        around = await person.verb(
            list[Message], "history", kims.calls[person], "--around", found[0].id, "--limit", "3"
        )
        assert "the river bends at noon" in [message.text for message in around]


async def test_what_was_late_says_so_and_is_sent_again_and_a_draft_outlives_a_crash(kims: Friends) -> None:
    kim, lea = kims.people
    await lea.stop()
    await kim.verb(Setting, "settings", "set", "delivery.expire_after", "1s")
    late = await kim.verb(Sent, "send", kims.calls[kim], "dinner at eight?")
    async with kim.api() as api:
        await api.draft(kims.calls[kim], "or at ni")
    await kim.kill()
    await kim.start()
    await kim.until(_is_end(late.id), "the end of its time", within=PATIENCE)
    await kim.verb(Setting, "settings", "set", "delivery.expire_after", "never")
    again = await kim.verb(Sent, "outbox", "resend", late.id)

    await appear(kim, lea)
    await all_delivered(kim)

    (heard,) = await lea.verb(list[Message], "history", kims.calls[lea], "--limit", "1")
    assert heard.text == "dinner at eight?"
    await _say(kims, lea, "at nine", "--reply-to", heard.id)
    *_, expired, resent, answer = await kim.verb(list[Message], "history", kims.calls[kim])
    assert (expired.id, expired.state, expired.text) == (late.id, "expired", None)
    assert (resent.id, answer.text, answer.reply_to) == (again.id, "at nine", again.id)
    async with kim.api() as api:
        assert await api.draft(kims.calls[kim]) == "or at ni"


async def test_friends_follow_to_another_address_and_to_another_identity(kims: Friends) -> None:
    kim, lea = kims.people
    for person in kims.people:
        await person.verb(SafetyNumber, "friends", "verify", kims.calls[person], "--confirm")
    before = await kim.verb(Identity, "identity")

    moved = await kim.verb(Identity, "rotate", "onion")
    assert (moved.onion == before.onion, moved.fingerprint == before.fingerprint) == (False, True)
    await _until_friend(kims, lea, lambda it: it.onion == moved.onion, "the new address")
    await _talk(kims, "at another address")
    assert (await _friend(kims, lea)).verified

    changed = await kim.verb(Identity, "rotate", "identity")
    assert (changed.onion == moved.onion, changed.fingerprint == moved.fingerprint) == (False, False)
    await _until_friend(kims, lea, lambda it: it.onion == changed.onion, "the new identity")
    row = await _friend(kims, lea)
    assert (row.verified, row.alarm) == (False, None)
    assert "compare safety numbers" in (row.note or "")
    await _talk(kims, "as somebody else")
    numbers = [await person.verb(SafetyNumber, "friends", "verify", kims.calls[person]) for person in kims.people]
    assert numbers[0].digits == numbers[1].digits


@pytest.mark.timeout(600)  # a stranger is answered once a minute, and it takes two visits
async def test_readers_follow_to_channels_of_the_new_identity(three: Three, kims: Friends) -> None:
    kim, lea, stranger = three
    changed = await kim.verb(Identity, "rotate", "identity")
    await _until_friend(kims, lea, lambda it: it.onion == changed.onion, "the new identity")
    before = await _feed(lea, ADDRESS)
    await kim.verb(Post, "channels", "publish", "public", "to everybody again")
    await kim.verb(Post, "channels", "publish", "friends", "among friends again")
    await kim.reachable()

    read = next(one for one in await stranger.verb(list[Channel], "channels", "list") if not one.own)

    async def has_followed() -> bool:
        await stranger.chattor("channels", "sync", read.id)  # at an address that was left this moves us on
        return (await _feed(stranger, read.id))[-1] == "to everybody again"

    await eventually(has_followed, "the stranger to follow", within=3 * PATIENCE)
    ends = [post.successor for post in await stranger.verb(list[Post], "channels", "feed", read.id) if post.successor]
    assert ends[0] == changed.friend_code
    await _shows(lea, ADDRESS, *before, "among friends again")
