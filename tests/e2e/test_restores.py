"""Backups of people who run, put back into a friendship that went on without them (R13), on real Tor."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from chattor.demo.patience import eventually, together
from chattor.demo.person import Person
from chattor.model.message import Direction
from chattor.transport.tor.network import PrivateNetwork
from tests.support.programs import Friends, all_delivered, appear, befriend, conversation, programs, texts

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(420)]

SOON: Final = 60.0  # s


@pytest_asyncio.fixture(loop_scope="session")
async def apart(tor_network: PrivateNetwork) -> AsyncIterator[Friends]:
    """Two friends of this test's own."""
    async with programs(tor_network.client_torrc_path, "Uma", "Vic") as (uma, vic):
        await appear(uma, vic)
        yield Friends(uma, vic, await befriend(uma, vic))


async def _say(friends: Friends, author: Person, *lines: str) -> None:
    async with author.api() as api:
        for line in lines:
            await api.send(friends.calls[author], line)


async def _back_up(person: Person, file: Path) -> None:
    """While its daemon runs; then the file is checked."""
    for verb in ("create", "verify"):
        done = await person.chattor("backup", verb, str(file), "--json", passphrase=verb == "verify")
        assert done.code == 0, done.err


async def _put_back(person: Person, file: Path) -> None:
    await person.stop()
    done = await person.chattor("backup", "restore", str(file), "--force", passphrase=True)
    assert done.code == 0, done.err


async def _heard(friends: Friends, reader: Person) -> list[str | None]:
    return texts(await conversation(reader, friends.calls[reader]), Direction.IN)


async def _all_told(friends: Friends, last: dict[Person, str]) -> None:
    """Wait until each has read the last words of the other, and both know."""
    for reader, line in last.items():

        async def has_come(reader: Person = reader, line: str = line) -> bool:
            return line in await _heard(friends, reader)

        await eventually(has_come, f"{reader.name} to read {line!r}", within=SOON)
    await together(*(all_delivered(person) for person in friends.people))


async def test_friends_put_back_one_after_the_other_and_both_lose_and_double_nothing(
    apart: Friends, tmp_path: Path
) -> None:
    uma, vic = apart.people
    said: dict[Person, list[str]] = {uma: [], vic: []}
    for name, who in (("one", [uma]), ("other", [vic]), ("both", [uma, vic])):
        before = {author: [f"{author.name} {name} before {number}" for number in range(3)] for author in apart.people}
        await together(*(_say(apart, author, *lines) for author, lines in before.items()))
        await _all_told(apart, {vic: before[uma][-1], uma: before[vic][-1]})
        for person in who:
            await _back_up(person, tmp_path / f"{person.name} {name}")
        later = {author: f"{author.name} {name} later" for author in apart.people}
        if len(who) == 1:  # of two who go back, nobody would be left to know
            await together(*(_say(apart, author, line) for author, line in later.items()))
            await _all_told(apart, {vic: later[uma], uma: later[vic]})
        await together(*(person.stop() for person in apart.people))
        for person in who:
            await _put_back(person, tmp_path / f"{person.name} {name}")
        new = {author: f"{author.name} {name} new" for author in apart.people}
        await who[0].start()
        await _say(apart, who[0], new[who[0]])  # nobody else is there yet
        await appear(*apart.people)
        for author in apart.people:
            if author is not who[0]:
                await _say(apart, author, new[author])
        await _all_told(apart, {vic: new[uma], uma: new[vic]})
        for author, reader in ((uma, vic), (vic, uma)):
            said[author] += [*before[author], *([later[author]] if len(who) == 1 else []), new[author]]
            assert await _heard(apart, reader) == said[author], f"{reader.name}, {name}"


async def test_s6_the_backup_of_a_conversation_tells_nothing_and_its_export_everything(
    friends: Friends, tmp_path: Path
) -> None:
    ada, line = friends.ada, "the heron lands at the second bridge"
    await _say(friends, ada, line)
    await all_delivered(ada)
    await _back_up(ada, tmp_path / "backup")
    async with ada.api() as api:
        onion = (await api.identity()).onion.removesuffix(".onion")
    packed = (tmp_path / "backup").read_bytes()
    for secret in (line, onion, onion.upper(), ada._passphrase):  # "Ada" is short enough to come by chance
        assert secret.encode() not in packed
    for form in ("jsonl", "md"):
        done = await ada.chattor("export", "--friend", friends.calls[ada], "--format", form)
        assert done.code == 0
        assert line in done.out
