"""Whom one knows, and what is done to a whole profile, on real Tor: parting, blocks, another passphrase, the end."""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chattor.config.paths import DATABASE, of_profile
from chattor.crypto.keys import Identity as Keys
from chattor.demo.guard import Guard
from chattor.demo.patience import eventually, together
from chattor.demo.person import Person
from chattor.model.events import FriendRemoved, IdentityAlarm
from chattor.model.friend import Friend, Request
from chattor.model.message import Direction, Message, Sent
from chattor.model.status import Identity
from chattor.store import vault
from chattor.store.connection import connect
from chattor.transport.tor.network import PrivateNetwork
from tests.support.programs import (
    PATIENCE,
    Friends,
    all_delivered,
    appear,
    befriend,
    conversation,
    programs,
    texts,
    tors_of,
)

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(420)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def couple(tor_network: PrivateNetwork) -> AsyncIterator[Friends]:
    """Two friends of these tests' own."""
    async with programs(tor_network.client_torrc_path, "Sam", "Tia") as (sam, tia):
        await appear(sam, tia)
        yield Friends(sam, tia, await befriend(sam, tia))


async def _say(friends: Friends, author: Person, text: str) -> None:
    await author.verb(Sent, "send", friends.calls[author], text, "--wait", "delivered", "--timeout", str(PATIENCE))


async def _row(friends: Friends, person: Person) -> Friend:
    return await person.verb(Friend, "friends", "show", friends.calls[person])


async def test_a_friend_is_renamed_muted_and_given_options_of_his_own(couple: Friends) -> None:
    sam, tia = couple.people
    his = couple.calls[sam]
    await sam.verb(Friend, "friends", "rename", his, "Tía")
    await sam.verb(Friend, "friends", "mute", his)
    for key, value in (("receipts", "off"), ("retention", "30d")):
        await sam.verb(Friend, "friends", "set", his, key, value)
    await _say(couple, tia, "do you see this?")
    await sam.verb(Friend, "read", his)

    row = await _row(couple, sam)
    assert (row.name, row.muted, row.options["receipts"], row.options["retention"]) == ("Tía", True, "off", "30d")
    assert (await _row(couple, tia)).name == "Sam"
    (asked,) = await tia.verb(list[Message], "history", couple.calls[tia], "--limit", "1")
    assert asked.state == "delivered", "receipts are off: nobody hears that it was read"


async def test_friends_part_and_meet_again_with_what_they_kept_and_a_block_is_silent(couple: Friends) -> None:
    sam, tia = couple.people
    await _say(couple, sam, "the first time")
    assert (await sam.chattor("friends", "remove", couple.calls[sam])).code == 0
    await tia.until(lambda event: isinstance(event, FriendRemoved), "the end", within=PATIENCE)
    again = Friends(sam, tia, await befriend(sam, tia))
    await _say(again, sam, "the second time")
    for person, direction in ((sam, Direction.OUT), (tia, Direction.IN)):
        assert texts(await conversation(person, again.calls[person]), direction)[-2:] == [
            "the first time",
            "the second time",
        ]

    await tia.verb(Friend, "friends", "block", again.calls[tia])
    waiting = ("--wait", "delivered", "--timeout", "15")
    assert (await sam.chattor("send", again.calls[sam], "are you there?", *waiting)).code != 0
    await tia.verb(Friend, "friends", "unblock", again.calls[tia])
    assert await tia.verb(list[Request], "friends", "requests") == []
    assert "are you there?" not in texts(await conversation(tia, again.calls[tia]), Direction.IN)


def _become(person: Person, keys: Keys) -> Keys:
    """Give the stopped node of somebody other keys; those it had."""
    store = connect(person.paths.data / DATABASE, vault.unlock(person.paths.data, person._passphrase))
    (raw,) = store.execute("SELECT secrets FROM self").fetchone() or (b"",)
    assert isinstance(raw, bytes)
    had = Keys.from_bytes(raw)
    store.execute("UPDATE self SET secrets = ?", (Keys(onion=had.onion, sig=keys.sig, dh=keys.dh).to_bytes(),))
    store.close()
    return had


async def test_another_identity_at_a_friends_address_stops_sending_until_it_is_acknowledged(
    tor_network: PrivateNetwork,
) -> None:
    async with programs(tor_network.client_torrc_path, "Vic", "Wes") as (vic, wes):
        await appear(vic, wes)
        friends = Friends(vic, wes, await befriend(vic, wes))
        await _say(friends, vic, "this is me")
        await vic.stop()
        himself = _become(vic, Keys.generate(os.urandom))
        await vic.start()
        await wes.until(lambda event: isinstance(event, IdentityAlarm), "the alarm", within=PATIENCE)

        assert (await _row(friends, wes)).alarm
        refused = await wes.chattor("send", friends.calls[wes], "a secret")
        assert (refused.code, "acknowledge" in refused.err) == (1, True)
        await wes.verb(Friend, "friends", "acknowledge", friends.calls[wes])
        secret = await wes.verb(Sent, "send", friends.calls[wes], "a secret")
        assert "a secret" not in texts(await conversation(vic, friends.calls[vic]), Direction.IN)

        await vic.stop()
        _become(vic, himself)
        await appear(vic)
        await all_delivered(wes)
        assert texts(await conversation(vic, friends.calls[vic]), Direction.IN) == ["a secret"]
        assert (await wes.verb(list[Message], "history", friends.calls[wes], "--around", secret.id))[
            -1
        ].text == "a secret"


async def test_another_passphrase_opens_a_profile_that_went_on_and_a_wiped_one_is_gone(
    tor_network: PrivateNetwork, tmp_path: Path
) -> None:
    async with programs(tor_network.client_torrc_path, "Una") as (una,):
        await una.start()
        identity = await una.verb(Identity, "identity")
        words = tmp_path / "words"
        words.touch(mode=0o600)
        words.write_text(secrets.token_hex(16))
        done = await una.chattor("passphrase", "--new-passphrase-file", str(words), passphrase=True)
        assert done.code == 0, done.err
        assert await una.verb(Identity, "identity") == identity, "it went on"
        await una.stop()
        assert (await una.chattor("friends", "list", passphrase=True)).code == 5
        una._passphrase = words.read_text()
        await una.start()
        assert await una.verb(Identity, "identity") == identity

        assert (await una.chattor("wipe", "--yes", "Una")).code != 0, "the name of the profile is meant"
        assert await una.verb(Identity, "identity") == identity
        done = await una.chattor("wipe", "--yes", una.paths.profile)
        assert done.code == 0, done.err
        assert await una.ended() == 0
        assert not una.paths.data.exists()


async def test_two_profiles_of_one_user_run_at_once_each_with_a_tor_of_its_own(
    tor_network: PrivateNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    home = Path(tempfile.mkdtemp(prefix="chattor-", dir="/tmp"))
    monkeypatch.setenv("HOME", str(home))
    guard = Guard(home)
    private, work = (Person(name, home, tor_network.client_torrc_path, guard) for name in ("private", "work"))
    for one in (private, work):
        one.paths = of_profile(one.name)
        one.options = ("--profile", one.name)
    try:
        await together(*(one.init() for one in (private, work)))
        await appear(private, work)
        friends = Friends(private, work, await befriend(private, work))
        await _say(friends, private, "to myself at work")
        await all_delivered(private)

        assert len({*tors_of(private), *tors_of(work)}) == 2
        listed = (await private.chattor("profiles", "list")).out
        assert [name in listed for name in ("private", "work")] == [True, True]

        async def is_read_there() -> bool:
            return "to myself at work" in texts(await conversation(work, friends.calls[work]), Direction.IN)

        await eventually(is_read_there, "the message", within=PATIENCE)
    finally:
        await together(private.stop(), work.stop())
        guard.close()
