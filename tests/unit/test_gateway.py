"""What a window does to a profile as a whole, on a real one, whose node another process runs."""

import asyncio
from pathlib import Path

import pytest

from chattor import launch
from chattor.config.paths import locate
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.errors import BadInput, WrongPassphrase
from chattor.gateway import ProfileGateway
from chattor.profile import Profile
from chattor.rpc.server import serve

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
async def profile(tmp_path: Path) -> Profile:
    made = Profile(paths=locate(None, tmp_path / "d", tmp_path / "c"), settings=Settings(), cost=CHEAP)
    await launch.create(made, "ann", OLD)
    return made


async def _host(profile: Profile, ready: asyncio.Event) -> None:
    """What a daemon does, without a network."""
    host = await launch.read_offline(profile, OLD)
    server = await serve(host.node, profile.paths.socket)
    ready.set()
    await host.node.stopping.wait()
    await server.close()
    await host.close()


async def test_a_window_ends_the_node_that_another_process_runs_and_deletes_the_profile(profile: Profile) -> None:
    ready = asyncio.Event()
    profile.paths.runtime.mkdir(mode=0o700, exist_ok=True)
    hosting = asyncio.create_task(_host(profile, ready))
    await ready.wait()
    (profile.paths.data / "notes").write_text("not chattor's")
    gateway = ProfileGateway(profile)
    api = await gateway.attach()
    assert (await api.identity()).name == "ann"

    left = await gateway.wipe()

    await hosting
    assert left == [str(profile.paths.data / "notes")]
    assert [path.name for path in profile.paths.data.iterdir()] == ["notes"]
    assert not (await gateway.probe()).exists


async def test_a_passphrase_is_changed_only_by_whoever_knows_it(profile: Profile) -> None:
    gateway = ProfileGateway(profile)
    with pytest.raises(WrongPassphrase):
        await gateway.change_passphrase(NEW, NEW)
    with pytest.raises(BadInput):
        await gateway.change_passphrase(OLD, "short")
    await gateway.change_passphrase(OLD, NEW)
    with pytest.raises(WrongPassphrase):
        await launch.read_offline(profile, OLD)
    await (await launch.read_offline(profile, NEW)).close()
