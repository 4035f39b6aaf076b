"""Two profiles on one machine at the same time: each its own lock, store, socket and door."""

import json
import os
from contextlib import AsyncExitStack

import pytest

from chattor import launch
from chattor.config.paths import of_profile
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.errors import WrongPassphrase
from chattor.launch import Host
from chattor.profile import Profile
from chattor.rpc.server import serve
from tests.support.shell import Shell, home

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)


async def _hosted(name: str, cleanup: AsyncExitStack) -> Host:
    profile = Profile(paths=of_profile(name), settings=Settings(), cost=CHEAP)
    await launch.create(profile, name, f"the secret of {name}")
    host = await launch.read_offline(profile, f"the secret of {name}")
    cleanup.push_async_callback(host.close)
    cleanup.push_async_callback((await serve(host.node, profile.paths.socket)).close)
    return host


async def test_two_at_once_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with home() as empty:
        shell = Shell(empty.home, {"CHATTOR_DATA_DIR": "", "CHATTOR_CONFIG_DIR": ""})
        for variable in [name for name in os.environ if name.startswith("XDG_")]:
            monkeypatch.delenv(variable)
        monkeypatch.setenv("HOME", str(empty.home))
        async with AsyncExitStack() as cleanup:
            home_, work = [await _hosted(name, cleanup) for name in ("default", "work")]
            mine, theirs = await home_.node.identity(), await work.node.identity()
            assert {mine.onion, mine.friend_code, mine.fingerprint}.isdisjoint(
                {theirs.onion, theirs.friend_code, theirs.fingerprint}
            )
            for arguments, name in (([], "default"), (["--profile", "work"], "work")):
                said = await shell.chattor(*arguments, "identity", "--json")
                assert json.loads(said.out)["name"] == name
            await work.node.lock()
            listed = json.loads((await shell.chattor("profiles", "list", "--json")).out)
            assert [(one["name"], one["running"], one["locked"]) for one in listed] == [
                ("default", True, False),
                ("work", True, True),
            ]
            with pytest.raises(WrongPassphrase):
                await work.node.unlock("the secret of default")
            assert await home_.node.friends_list() == []
