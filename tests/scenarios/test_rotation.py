"""Another address or another identity: friends follow, nothing is lost or doubled (protocol §6)."""

import asyncio
from pathlib import Path

import pytest

from chattor.model.friend import Friend
from chattor.model.status import Left
from chattor.protocol.limits import FORMER_KEPT
from tests.scenarios.conftest import Two
from tests.support.people import A_DAY, Person, befriend, days, people
from tests.support.probe import Branch, Probe
from tests.support.virtual import eventually

SOON = 1800.0


async def _friend(person: Person, friend: str = "f1") -> Friend:
    return next(row for row in await person.node.friends_list() if row.id == friend)


async def _follows(person: Person, moved: Person, friend: str = "f1") -> None:
    """Wait until a person knows where and who the other one is now."""
    onion = (await moved.node.identity()).onion

    async def knows() -> bool:
        return (await _friend(person, friend)).onion == onion

    await eventually(knows, within=SOON)


async def _heard(person: Person, *texts: str, friend: str = "f1") -> None:
    await person.shown(*texts, friend=friend, within=SOON)
    kept = await person.texts(friend)
    assert [kept.count(text) for text in texts] == [1] * len(texts)
    assert [text for text in kept if text in texts] == list(texts)


async def _nothing_waits(*crowd: Person) -> None:
    async def quiet() -> bool:
        return not any([await person.node.outbox_list() for person in crowd])

    await eventually(quiet, within=SOON)


async def test_friends_follow_to_a_new_address_and_the_old_one_is_answered_meanwhile(friends: Two) -> None:
    alice, bob = friends
    old = (await alice.node.identity()).onion

    identity = await alice.node.rotate_onion()

    assert identity.onion != old
    assert identity.friend_code == (await alice.node.identity()).friend_code
    assert [(one.onion, one.left) for one in identity.former] == [(old, Left.ONION)]
    await _follows(bob, alice)
    await alice.node.send("f1", "from my new home")
    await bob.node.send("f1", "nice")
    await _heard(bob, "from my new home")
    await _heard(alice, "nice")
    (former,) = (await alice.node.identity()).former
    assert former.waiting == 0
    assert (await _friend(bob)).alarm is None


async def test_an_address_is_left_for_good_when_everybody_followed_and_a_month_is_over(friends: Two) -> None:
    alice, bob = friends
    await alice.node.rotate_onion()
    await _follows(bob, alice)

    await days(FORMER_KEPT / A_DAY - 1, alice)
    assert (await alice.node.status()).former == 1
    await days(1, alice)

    assert (await alice.node.identity()).former == []
    await bob.node.send("f1", "still there?")
    await _heard(alice, "still there?")


async def test_a_friend_who_was_away_for_months_finds_the_old_address_answered(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await alice.node.rotate_onion()
    await alice.node.send("f1", "moved")
    await days(90, alice)

    (former,) = (await alice.node.identity()).former
    assert former.waiting == 1
    await bob.start()

    await _follows(bob, alice)
    await _heard(bob, "moved")


async def test_a_new_identity_takes_its_friends_along(friends: Two) -> None:
    alice, bob = friends
    await bob.node.friends_verify("f1", confirm=True)
    before = await alice.node.identity()

    after = await alice.node.rotate_identity()

    assert after.fingerprint != before.fingerprint
    assert after.onion != before.onion
    assert [one.left for one in after.former] == [Left.IDENTITY]
    await _follows(bob, alice)
    row = await _friend(bob)
    assert not row.verified
    assert "compare safety numbers" in (row.note or "")
    assert row.alarm is None
    await _nothing_waits(alice, bob)
    numbers = [await person.node.friends_verify("f1") for person in (alice, bob)]
    assert numbers[0].digits == numbers[1].digits
    await alice.node.send("f1", "it is still me")
    await bob.node.send("f1", "I see")
    await _heard(bob, "it is still me")
    await _heard(alice, "I see")
    await _nothing_waits(alice, bob)


async def test_safety_numbers_agree_before_a_friend_has_followed(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await alice.node.rotate_identity()
    before = await alice.node.friends_verify("f1")
    friends.network.down("alice")
    await bob.start()

    assert (await bob.node.friends_verify("f1")).digits == before.digits


@pytest.mark.parametrize("who", ["both", "alice"])
async def test_messages_that_wait_both_ways_arrive_once_and_in_order(friends: Two, who: str, probe: Probe) -> None:
    alice, bob = friends
    await alice.node.send("f1", "before")
    await bob.node.send("f1", "before, too")
    await _heard(bob, "before")
    friends.network.down("bob")
    for number in range(5):
        await alice.node.send("f1", f"a{number}")
        await bob.node.send("f1", f"b{number}")
    await alice.node.rotate_identity()
    if who == "both":
        await bob.node.rotate_identity()
    for number in range(5, 9):
        await alice.node.send("f1", f"a{number}")
        await bob.node.send("f1", f"b{number}")
    await asyncio.sleep(3600)

    friends.network.up("bob")

    await _heard(bob, *(f"a{number}" for number in range(9)))
    await _heard(alice, *(f"b{number}" for number in range(9)))
    await _follows(bob, alice)
    await _follows(alice, bob)
    await _nothing_waits(alice, bob)
    assert [probe.hits[branch] for branch in (Branch.FORK, Branch.BROKEN)] == [0, 0]


async def test_a_friend_who_was_away_for_ten_days_follows_and_gets_all(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await alice.node.send("f1", "before I changed")
    await alice.node.rotate_identity()
    await alice.node.send("f1", "after")
    await days(10, alice)

    await bob.start()

    await _heard(bob, "before I changed", "after")
    await _follows(bob, alice)


async def test_a_friend_who_missed_two_identities_and_an_address_follows_all_three(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    for rotate in (alice.node.rotate_identity, alice.node.rotate_onion, alice.node.rotate_identity):
        await rotate()
        await alice.node.send("f1", f"{len((await alice.node.identity()).former)} left")
        await days(1, alice)
    await bob.start()

    await _heard(bob, "1 left", "2 left", "3 left")
    await _follows(bob, alice)
    await _nothing_waits(alice, bob)
    assert all(one.waiting == 0 for one in (await alice.node.identity()).former)


@pytest.mark.parametrize("after", range(0, 14_000, 1_000))
async def test_a_link_cut_at_any_byte_of_a_rotation_costs_nothing(friends: Two, after: int, probe: Probe) -> None:
    alice, bob = friends
    friends.network.cut("alice", "bob", after=after)
    await alice.node.send("f1", "one")
    await bob.node.send("f1", "uno")
    await alice.node.rotate_identity()
    await alice.node.send("f1", "two")
    await bob.node.send("f1", "due")

    await _heard(bob, "one", "two")
    await _heard(alice, "uno", "due")
    await _follows(bob, alice)
    await _nothing_waits(alice, bob)
    assert probe.hits[Branch.FORK] == 0
    assert len(await bob.node.friends_list()) == 1


@pytest.mark.parametrize("later", [tenth / 5 for tenth in range(20)])
@pytest.mark.parametrize("victim", ["alice", "bob"])
async def test_a_crash_at_any_moment_of_a_rotation_costs_nothing(friends: Two, later: float, victim: str) -> None:
    alice, bob = friends
    await asyncio.sleep(10)
    await alice.node.send("f1", "one")
    await bob.node.send("f1", "uno")
    await alice.node.rotate_identity()
    await alice.node.send("f1", "two")
    await asyncio.sleep(later)
    dead = alice if victim == "alice" else bob
    dead.crash()
    await dead.start()
    await bob.node.send("f1", "due")

    await _heard(bob, "one", "two")
    await _heard(alice, "uno", "due")
    await _follows(bob, alice)
    await _nothing_waits(alice, bob)


@pytest.mark.parametrize("mover", ["alice", "bob"])
@pytest.mark.parametrize("what", ["onion", "identity"])
@pytest.mark.parametrize("after", [tenths / 10 for tenths in range(2, 13)])
async def test_what_arrives_late_on_a_link_from_before_a_move_is_no_alarm(
    friends: Two, mover: str, what: str, after: float
) -> None:
    moves = getattr(friends, mover)
    friends.network.down("alice")
    await asyncio.sleep(1)
    friends.network.up("alice")
    await asyncio.sleep(after)
    release = friends.network.hang("alice", "bob")
    await getattr(moves.node, f"rotate_{what}")()
    await asyncio.sleep(40)
    release()
    await asyncio.sleep(40)
    for person in friends:
        assert (await _friend(person)).alarm is None
    for author, reader in (friends, friends[::-1]):
        await author.node.send("f1", f"from {author.name}")
        await _heard(reader, f"from {author.name}")


async def test_both_change_at_once_and_find_each_other(friends: Two) -> None:
    alice, bob = friends
    await asyncio.gather(alice.node.rotate_identity(), bob.node.rotate_identity())
    await alice.node.send("f1", "new me")
    await bob.node.send("f1", "new me, too")

    await _follows(bob, alice)
    await _follows(alice, bob)
    await _heard(bob, "new me")
    await _heard(alice, "new me, too")
    await _nothing_waits(alice, bob)


async def test_a_friend_of_a_friend_is_not_confused(directory: Path) -> None:
    async with people(directory, "alice", "bob", "carol") as (alice, bob, carol):
        await befriend(alice, bob)
        await befriend(bob, carol)
        await carol.node.friends_add(await alice.code(), name="alice")
        await alice.node.friends_accept((await alice.request()).id)
        await asyncio.sleep(10)
        await carol.stop()

        await alice.node.rotate_identity()
        await _follows(bob, alice, "f1")
        await carol.start()

        await carol.node.send("alice", "hello old friend")
        await carol.node.send("bob", "hello bob")
        await alice.shown("hello old friend", friend="f2", within=SOON)
        await bob.shown("hello bob", friend="f2", within=SOON)
        assert {row.name for row in await carol.node.friends_list()} == {"alice", "bob"}
        assert not [row.alarm for row in await carol.node.friends_list() if row.alarm]


async def test_the_old_code_still_brings_a_new_friend_who_follows_at_once(directory: Path) -> None:
    async with people(directory, "alice", "bob") as (alice, bob):
        code = await alice.code()
        await alice.node.rotate_identity()
        await alice.node.rotate_onion()

        await bob.node.friends_add(code, name="alice")
        await alice.node.friends_accept((await alice.request()).id)

        async def friends_now() -> bool:
            return (await bob.state()) == "friend"

        await eventually(friends_now, within=SOON)
        await _follows(bob, alice)
        await bob.node.send("f1", "found you")
        await _heard(alice, "found you")


async def test_whoever_is_blocked_is_not_told_and_stays_blocked(friends: Two) -> None:
    alice, bob = friends
    await alice.node.friends_block("f1")
    await alice.node.rotate_identity()
    await bob.node.send("f1", "are you there?")
    await days(10, alice, bob)

    assert await alice.state() == "blocked"
    assert (await _friend(bob)).note is None
    await bob.node.rotate_onion()
    await asyncio.sleep(7200)
    assert await alice.node.friends_requests() == []
    assert await alice.state() == "blocked"


async def test_a_friend_who_is_blocked_after_he_changed_cannot_come_back_as_who_he_was(friends: Two) -> None:
    alice, bob = friends
    old = bob.copy()
    await bob.node.rotate_identity()
    await _follows(alice, bob)
    await alice.node.friends_block("f1")
    await bob.stop()
    bob.put_back(old)
    await bob.start()

    await bob.node.send("f1", "it is the old me")
    await asyncio.sleep(7200)

    assert [row.state for row in await alice.node.friends_list()] == ["blocked"]
    assert await alice.texts("f1") == []


async def test_whoever_has_only_the_old_keys_is_nobody_after_it(friends: Two) -> None:
    alice, bob = friends
    thief = bob.copy()
    await bob.node.rotate_identity()
    await _follows(alice, bob)
    await bob.stop()
    bob.put_back(thief)
    await bob.start()

    await bob.node.send("f1", "believe me")
    await alice.node.send("f1", "a secret")
    await asyncio.sleep(7200)

    assert "believe me" not in await alice.texts("f1")
    assert "a secret" not in await bob.texts("f1")
    assert (await _friend(alice)).alarm is None
