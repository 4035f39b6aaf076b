"""Receipts, presence and typing between two nodes: mutual, late by a little, never in the way of a text (R20)."""

import asyncio

import pytest

from chattor.errors import BadInput, NotFound
from chattor.model.activity import Activity, Doing
from chattor.model.agent import Scope
from chattor.model.events import FriendChanged, MessageStateChanged, PresenceChanged
from chattor.model.friend import Friend
from chattor.model.message import Direction, MessageState, Wait
from chattor.protocol.frames import Being, Presence, Profile, Sign, Whisper
from chattor.protocol.limits import PRESENCE_EVERY, PRESENCE_LASTS, READ_DELAY, TYPING_LASTS
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually

LATENCY = 1.0
"""Virtual seconds; more than the network needs for a word."""


async def _friend(person: Person) -> Friend:
    return (await person.node.friends_list())[0]


async def _states(person: Person) -> list[MessageState]:
    """How far his own messages got."""
    return [one.state for one in await person.node.history("f1") if one.direction is Direction.OUT]


async def _say(author: Person, *texts: str) -> None:
    for text in texts:
        await author.node.send("f1", text, Wait.DELIVERED)


def _whisper(author: Person, *frames: Whisper) -> None:
    """What a program that is no friend of restraint says."""
    session = author.process.runtime._sessions.current(1)
    assert session is not None
    session.connection.send(frames)


async def test_a_friend_learns_after_a_moment_that_all_was_read(friends: Two) -> None:
    alice, bob = friends
    await _say(alice, "one", "two")
    await bob.node.read("f1")

    await asyncio.sleep(READ_DELAY[0] / 2)
    assert await _states(alice) == [MessageState.DELIVERED, MessageState.DELIVERED]
    await asyncio.sleep(READ_DELAY[1] + LATENCY)
    assert await _states(alice) == [MessageState.READ, MessageState.READ]
    event = await alice.until(lambda it: isinstance(it, MessageStateChanged) and it.state is MessageState.READ)
    assert isinstance(event, MessageStateChanged)


async def test_a_receipt_that_could_not_be_told_is_told_on_the_next_link(friends: Two) -> None:
    alice, bob = friends
    await _say(alice, "one")
    await alice.stop()
    await asyncio.sleep(LATENCY)
    await bob.node.read("f1")
    await asyncio.sleep(READ_DELAY[1])

    await alice.start()

    async def is_read() -> bool:
        return await _states(alice) == [MessageState.READ]

    await eventually(is_read)


@pytest.mark.parametrize("silent", ["alice", "bob"])
async def test_receipts_are_mutual(friends: Two, silent: str) -> None:
    alice, bob = friends
    await _say(alice, "one")
    await _say(bob, "two")
    await (alice if silent == "alice" else bob).node.friends_set("f1", "receipts", "off")

    for person in friends:
        await person.node.read("f1")
    await asyncio.sleep(READ_DELAY[1] + LATENCY)

    assert MessageState.READ not in [*await _states(alice), *await _states(bob)]


async def test_whoever_is_here_is_online_until_he_leaves(friends: Two) -> None:
    alice, bob = friends
    await asyncio.sleep(2 * PRESENCE_LASTS)
    assert (await _friend(alice)).online
    assert (await alice.node.status()).online == 1

    await bob.stop()
    await asyncio.sleep(LATENCY)

    assert not (await _friend(alice)).online


async def test_whoever_does_not_tell_fades_and_is_not_told(friends: Two) -> None:
    alice, bob = friends
    await asyncio.sleep(PRESENCE_EVERY / 10)
    assert (await _friend(alice)).online

    await bob.node.friends_set("f1", "presence", "off")

    assert not (await _friend(bob)).online
    await asyncio.sleep(PRESENCE_LASTS + LATENCY)
    assert not (await _friend(alice)).online
    await bob.node.friends_set("f1", "presence", "default")
    await asyncio.sleep(PRESENCE_LASTS)
    assert (await _friend(alice)).online
    assert (await _friend(bob)).online


async def test_typing_is_shown_and_ends_with_the_text_with_a_word_or_by_itself(friends: Two) -> None:
    alice, bob = friends

    async def typing() -> bool:
        await asyncio.sleep(LATENCY)
        return (await _friend(bob)).typing

    for _ in range(20):
        await alice.node.typing("f1")
        await asyncio.sleep(0.5)
    assert await typing()
    await alice.node.typing("f1", active=False)
    assert not await typing()

    await alice.node.typing("f1")
    assert await typing()
    await _say(alice, "there")
    assert not await typing()

    await asyncio.sleep(TYPING_LASTS)
    await alice.node.typing("f1")
    assert await typing()
    await asyncio.sleep(TYPING_LASTS)
    assert not await typing()


async def test_typing_is_told_to_listeners(friends: Two) -> None:
    alice, bob = friends
    told = asyncio.create_task(bob.until(lambda it: isinstance(it, PresenceChanged) and it.typing))
    await asyncio.sleep(LATENCY)

    await alice.node.typing("f1")

    event = await told
    assert isinstance(event, PresenceChanged)
    assert event.friend == "f1"


@pytest.mark.parametrize("silent", ["alice", "bob"])
async def test_typing_is_mutual(friends: Two, silent: str) -> None:
    alice, bob = friends
    await (alice if silent == "alice" else bob).node.friends_set("f1", "typing", "off")

    await alice.node.typing("f1")
    await asyncio.sleep(LATENCY)

    assert not (await _friend(bob)).typing


async def test_typing_to_whoever_is_away_is_forgotten(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(LATENCY)
    await alice.node.typing("f1")
    with pytest.raises(NotFound):
        await alice.node.typing("nobody")

    await bob.start()
    await asyncio.sleep(TYPING_LASTS)

    assert await alice.node.outbox_list() == []
    assert not (await _friend(bob)).typing


async def test_a_wrong_value_of_an_option_is_refused(friends: Two) -> None:
    with pytest.raises(BadInput, match="default"):
        await friends.alice.node.friends_set("f1", "receipts", "maybe")
    with pytest.raises(BadInput, match="receipts"):
        await friends.alice.node.friends_set("f1", "colour", "red")


async def test_a_thousand_whispers_a_text_delay_no_text_and_close_nothing(friends: Two) -> None:
    alice, bob = friends
    session = alice.process.runtime._sessions.current(1)
    for number in range(20):
        _whisper(alice, *[Presence(Sign.TYPING)] * 1000)
        began = asyncio.get_running_loop().time()
        await _say(alice, f"text {number}")
        assert asyncio.get_running_loop().time() - began < 2 * LATENCY

    assert await bob.texts("f1") == [f"text {number}" for number in range(20)]
    assert alice.process.runtime._sessions.current(1) is session


async def test_a_receipt_that_waits_is_not_told_once_receipts_are_off(friends: Two) -> None:
    alice, bob = friends
    await _say(alice, "one")
    await bob.node.read("f1")

    await bob.node.friends_set("f1", "receipts", "off")
    await asyncio.sleep(READ_DELAY[1] + LATENCY)

    assert await _states(alice) == [MessageState.DELIVERED]


async def _does(person: Person, expected: Activity | None) -> None:
    """Wait until a person sees his friend do this."""

    async def seen() -> bool:
        return (await _friend(person)).activity == expected

    await eventually(seen)


async def test_what_somebody_does_is_seen_at_once_and_on_every_link_until_he_stops(friends: Two) -> None:
    alice, bob = friends
    await asyncio.sleep(PRESENCE_EVERY / 2)
    told = asyncio.create_task(bob.until(lambda it: isinstance(it, PresenceChanged) and it.activity is not None))
    await asyncio.sleep(LATENCY)

    done = await alice.node.activity_set(Doing.WORKING, " reading\nall ")
    await asyncio.sleep(LATENCY)

    assert done == Activity(state=Doing.WORKING, words="reading␊all")
    assert (await _friend(bob)).activity == done
    event = await told
    assert isinstance(event, PresenceChanged)
    assert (event.friend, event.activity) == ("f1", done)
    assert (await alice.node.status()).activity == done
    await asyncio.sleep(2 * PRESENCE_LASTS)
    assert (await _friend(bob)).activity == done

    await alice.node.activity_set(None)
    await _does(bob, None)
    await alice.node.activity_set(Doing.BLOCKED)
    await _does(bob, Activity(state=Doing.BLOCKED))
    await alice.stop()
    await asyncio.sleep(LATENCY)
    assert (await _friend(bob)).activity is None
    await alice.start()
    await asyncio.sleep(PRESENCE_EVERY)
    assert (await alice.node.status()).activity is None
    assert (await _friend(bob)).activity is None


async def test_what_an_agent_does_is_seen_until_its_grant_ends(friends: Two) -> None:
    alice, bob = friends
    made = await alice.node.agents_add("helper", [], [Scope.ACTIVITY])
    agent, _ = await alice.node.agent_named(made.token)
    await alice.node.agent_call(agent, "activity_set", {"state": Doing.WORKING, "words": ""})
    await _does(bob, Activity(state=Doing.WORKING))
    await alice.node.agents_revoke("helper")
    await _does(bob, None)


async def test_of_many_activities_the_last_is_seen(friends: Two) -> None:
    alice, bob = friends
    for number in range(100):
        await alice.node.activity_set(Doing.WORKING, str(number))
        await asyncio.sleep(0.05)

    await _does(bob, Activity(state=Doing.WORKING, words="99"))


@pytest.mark.parametrize("silent", ["alice", "bob"])
async def test_what_somebody_does_is_as_mutual_as_being_here(friends: Two, silent: str) -> None:
    alice, bob = friends
    await (alice if silent == "alice" else bob).node.friends_set("f1", "presence", "off")

    for person in friends:
        await person.node.activity_set(Doing.IDLE)
    await asyncio.sleep(PRESENCE_LASTS + LATENCY)

    assert [(await _friend(person)).activity for person in friends] == [None, None]


@pytest.mark.parametrize(("state", "words"), [(Doing.IDLE, "x" * 61), (None, "words")])
async def test_what_is_no_activity_is_refused(friends: Two, state: Doing | None, words: str) -> None:
    with pytest.raises(BadInput):
        await friends[0].node.activity_set(state, words)
    assert (await friends[0].node.status()).activity is None


async def _is_agent(person: Person, *capabilities: str) -> None:
    async def known() -> bool:
        one = await _friend(person)
        return one.agent and one.capabilities == [*capabilities]

    await eventually(known)


async def test_an_agent_says_so_also_where_presence_is_off_and_is_known_for_it_while_away(friends: Two) -> None:
    alice, bob = friends
    assert not (await _friend(bob)).agent
    await alice.node.friends_set("f1", "presence", "off")
    changed = asyncio.create_task(bob.until(lambda it: isinstance(it, FriendChanged)))
    await asyncio.sleep(LATENCY)

    await alice.node.settings_set("agent.capabilities", "translate.fr\nsearch")
    await alice.node.settings_set("agent.declared", "on")

    await _is_agent(bob, "translate.fr", "search")
    await changed
    own = await alice.node.identity()
    assert (own.agent, own.capabilities) == (True, ["translate.fr", "search"])
    await alice.stop()
    await bob.stop()
    await bob.start()
    await _is_agent(bob, "translate.fr", "search")


async def test_who_was_away_learns_on_the_next_link_that_somebody_is_an_agent_no_more(friends: Two) -> None:
    alice, bob = friends
    await alice.node.settings_set("agent.declared", "on")
    await _is_agent(bob)
    await bob.stop()
    await asyncio.sleep(LATENCY)
    await alice.node.settings_set("agent.declared", "off")

    await bob.start()

    async def is_person() -> bool:
        return not (await _friend(bob)).agent

    await eventually(is_person)


async def test_of_what_a_friend_says_of_himself_only_capabilities_are_kept(friends: Two) -> None:
    alice, bob = friends
    hostile = ("ok", "\x1b[31mred", "Loud", "", "ok", "-dash", "a b")
    _whisper(alice, Profile(Being.PERSON), Profile(Being.AGENT, hostile))
    await _is_agent(bob, "ok")

    _whisper(alice, Profile(77, ("ok",)))

    async def is_person() -> bool:
        one = await _friend(bob)
        return (one.agent, one.capabilities) == (False, [])

    await eventually(is_person)


async def test_what_a_friend_was_ends_with_the_friendship(friends: Two) -> None:
    alice, bob = friends
    await alice.node.settings_set("agent.declared", "on")
    await _is_agent(bob)
    await alice.node.settings_set("agent.declared", "off")

    gone = await bob.node.friends_remove("f1")

    assert not gone.agent
