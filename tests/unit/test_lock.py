"""Locking a real profile, through the command line and its socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chattor import launch, upkeep
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.errors import Locked, ProfileInUse, WrongPassphrase
from chattor.launch import Host
from chattor.model.events import TorStateChanged
from chattor.model.status import TorPhase
from chattor.profile import Profile
from chattor.rpc.server import serve
from tests.support.shell import Said, Shell, home

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
SECRET, OTHER = "correct horse", "battery staple"


@asynccontextmanager
async def hosted() -> AsyncIterator[tuple[Shell, Host, Profile]]:
    """A profile whose node answers on its socket, without a network."""
    with home() as shell:
        profile = Profile(paths=shell.paths, settings=Settings(), cost=CHEAP)
        await launch.create(profile, "Ann", SECRET)
        host = await launch.read_offline(profile, SECRET)
        server = await serve(host.node, shell.paths.socket)
        try:
            yield shell, host, profile
        finally:
            await server.close()
            await host.close()


async def _unlock(shell: Shell, passphrase: str) -> Said:
    file = shell.home / "secret"
    file.write_text(passphrase)
    file.chmod(0o600)
    return await shell.chattor("--passphrase-file", str(file), "unlock")


@pytest.mark.parametrize("how", [["lock"], ["lock", "--hard"]], ids=" ".join)
async def test_a_locked_profile_answers_nothing_until_it_is_unlocked(how: list[str]) -> None:
    async with hosted() as (shell, _, profile):
        listening = await shell.start("listen")
        await asyncio.sleep(0)
        assert (await shell.chattor(*how)).code == 0
        refused = await shell.chattor("friends", "list", "--json")
        assert (refused.code, refused.out) == (5, "")
        assert json.loads(refused.err)["error"]["code"] == "locked"
        assert "chattor unlock" in refused.err
        status = json.loads((await shell.chattor("status", "--json")).out)
        assert status["locked"]
        assert await listening.wait() == 5
        with pytest.raises(ProfileInUse):  # the process keeps the profile
            await launch.read_offline(profile, SECRET)
        assert (await _unlock(shell, "wrong wrong")).code == 5
        assert (await shell.chattor("friends", "list")).code == 5
        assert (await _unlock(shell, SECRET)).code == 0
        assert (await shell.chattor("identity", "--json")).code == 0


async def test_a_hard_lock_closes_the_store_and_forgets_the_key() -> None:
    async with hosted() as (shell, host, _):
        await host.node.lock(hard=True)
        assert host.house.node is None
        assert host.house._key is None
        assert not shell.paths.database.with_name("chattor.db-wal").exists()
        assert (await host.node.status()).onion == ""
        await host.node.unlock(SECRET)
        assert (await host.node.identity()).name == "Ann"


async def test_the_changed_passphrase_unlocks_and_the_old_one_does_not() -> None:
    async with hosted() as (_, host, profile):
        await host.node.lock()
        await asyncio.to_thread(upkeep.change_passphrase, profile, SECRET, OTHER)
        with pytest.raises(WrongPassphrase):
            await host.node.unlock(SECRET)
        await host.node.unlock(OTHER)
        assert await host.node.friends_list() == []


async def test_a_keyfile_put_in_place_of_ours_does_not_unlock() -> None:
    async with hosted() as (shell, host, _), hosted() as (elsewhere, _, _):
        await host.node.lock()
        shell.paths.keyfile.write_bytes(elsewhere.paths.keyfile.read_bytes())
        with pytest.raises(WrongPassphrase, match="does not belong"):
            await host.node.unlock(SECRET)
        with pytest.raises(Locked):
            await host.node.friends_list()


async def test_the_setting_can_be_changed_while_it_runs() -> None:
    async with hosted() as (_, host, _):
        assert (await host.node.settings_get("lock.after")).value == "never"
        await host.node.settings_set("lock.after", "15m")
        assert host.house.lock_after == 900
        await host.node.lock(hard=True)
        assert host.house.lock_after == 900


async def test_what_was_set_for_tor_holds_once_a_hard_lock_is_opened() -> None:
    async with hosted() as (shell, host, _):
        nowhere = shell.home / "control"
        await host.node.settings_set("tor.control", str(nowhere))
        await host.node.lock(hard=True)
        await host.house.start()
        await host.node.unlock(SECRET)
        async for event in host.node.events():
            if isinstance(event, TorStateChanged) and event.tor.phase is not TorPhase.STARTING:
                assert f"no tor answers at {nowhere}" in event.tor.detail
                break
