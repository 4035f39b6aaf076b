"""Only friends may enter (protocol §6): they come and go as before, and nobody new gets as far as a handshake."""

from pathlib import Path

from chattor.crypto.keys import onion_auth
from chattor.errors import DialFailed
from chattor.model.address import OnionAddress
from chattor.model.friend import FriendState
from tests.scenarios.conftest import Two
from tests.support.people import Person, befriend, people
from tests.support.virtual import eventually

KEY = "tor.friends_only"
SOON = 1800.0
AT_ONCE = 5.0  # s; housekeeping would come by every 30


async def _only_friends(person: Person) -> None:
    await person.node.settings_set(KEY, "on")
    assert (await person.node.identity()).friends_only


async def _relinked(two: Two) -> None:
    """The link between them breaks, and whoever has mail has to dial."""
    two.network.cut("alice", "bob", 0)


async def _turned_away(asker: Person) -> None:
    async def knows_why() -> bool:
        return any("only friends may connect there" in row.reason for row in await asker.node.outbox_list())

    await eventually(knows_why, within=SOON)


async def test_friends_dial_each_other_as_before(friends: Two) -> None:
    alice, bob = friends
    await _only_friends(bob)
    for round_ in range(3):
        await _relinked(friends)
        await alice.node.send("f1", f"still there? {round_}")
        await bob.shown(f"still there? {round_}", within=SOON)
    await alice.stop()
    await alice.start()
    await alice.node.send("f1", "after a restart")
    await bob.shown("after a restart", within=SOON)


async def test_who_is_new_waits_at_the_door_until_it_opens(directory: Path) -> None:
    async with people(directory, "bob", "carol") as (bob, carol):
        await _only_friends(bob)
        code = await bob.code()
        await carol.node.friends_add(code, name="bob")
        await _turned_away(carol)
        assert await bob.node.friends_requests() == []

        await bob.node.settings_set(KEY, "off")
        await eventually(lambda: _asked(bob), within=SOON)
        assert not (await bob.node.identity()).friends_only


async def _asked(person: Person) -> bool:
    return bool(await person.node.friends_requests())


async def test_whom_we_asked_ourselves_gets_in_to_answer(strangers: Two) -> None:
    alice, bob = strangers
    await _only_friends(alice)
    await alice.node.friends_add(await bob.code(), name="bob")
    request = await bob.request()
    alice.network.refuse("bob")  # so it is he who has to come
    alice.network.cut("alice", "bob", 0)
    await bob.node.friends_accept(request.id)

    async def is_friend() -> bool:
        return await alice.state() is FriendState.FRIEND

    await eventually(is_friend, within=SOON)
    await bob.node.send("f1", "here I am")
    await alice.shown("here I am", within=SOON)


async def test_the_door_opens_and_shuts_with_the_friendship(strangers: Two) -> None:
    alice, bob = strangers
    await alice.node.friends_add(await bob.code(), name="bob")
    request = await bob.request()
    await _only_friends(bob)
    await eventually(lambda: _stays_out(alice, bob), within=AT_ONCE)
    await bob.node.friends_accept(request.id)
    await eventually(lambda: _gets_in(alice, bob), within=AT_ONCE)
    await bob.node.friends_block("f1")
    await eventually(lambda: _stays_out(alice, bob), within=AT_ONCE)
    await bob.node.settings_set(KEY, "off")
    await eventually(lambda: _gets_in(alice, bob), within=AT_ONCE)


async def _gets_in(dialler: Person, host: Person) -> bool:
    """Whether the network takes somebody to a host, with the key of a friend."""
    mine, theirs = dialler.identity, host.identity
    key = onion_auth(mine.dh, theirs.dh.public, theirs.onion.public).seed
    address = OnionAddress(theirs.onion.public)
    try:
        stream = await dialler.process.runtime._transport.dial(address, isolation="try", timeout=AT_ONCE, key=key)
    except DialFailed:
        return False
    stream.close()
    return True


async def _stays_out(dialler: Person, host: Person) -> bool:
    return not await _gets_in(dialler, host)


async def test_who_is_no_friend_any_more_is_kept_out(friends: Two) -> None:
    alice, bob = friends
    await _only_friends(bob)
    await bob.node.friends_remove("f1")

    async def is_alone() -> bool:
        return await alice.state() is not FriendState.FRIEND

    await eventually(is_alone, within=SOON)
    await alice.node.friends_add(await bob.code(), name="bob")
    await _turned_away(alice)
    assert await bob.node.friends_requests() == []


async def test_both_may_be_closed_and_move_and_find_each_other_again(friends: Two) -> None:
    alice, bob = friends
    await _only_friends(alice)
    await _only_friends(bob)
    await alice.node.rotate_onion()
    await bob.node.rotate_identity()
    await alice.node.rotate_identity()
    await _relinked(friends)
    await alice.node.send("f1", "who are you now?")
    await bob.node.send("f1", "the same")
    await bob.shown("who are you now?", within=SOON)
    await alice.shown("the same", within=SOON)


async def test_own_eyes_and_a_friend_s_doctor_find_the_way(friends: Two) -> None:
    alice, bob = friends
    await _only_friends(bob)
    await _relinked(friends)
    found = await bob.node.doctor()
    assert found.ok
    assert any("for friends only" in rung.detail for rung in found.rungs)
    assert (await alice.node.doctor("f1")).ok


async def test_a_third_one_befriended_on_the_way_out_gets_in(directory: Path) -> None:
    async with people(directory, "alice", "bob", "carol") as (alice, bob, carol):
        await befriend(alice, bob)
        await _only_friends(alice)
        await befriend(alice, carol)
        alice.network.cut("alice", "carol", 0)
        await carol.node.send("f1", "hello from outside")
        await alice.shown("hello from outside", friend="f2", within=SOON)
