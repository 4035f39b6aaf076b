"""Tor killed, cut off, reloaded, hung, put to sleep: each time it gets up and we are reachable (reliability R5)."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import sys
from pathlib import Path

import pytest

from chattor.model.status import TorPhase
from chattor.transport.tor.network import PrivateNetwork
from tests.support.tor import Person, alive, people, pid
from tests.support.virtual import VirtualClock

pytestmark = pytest.mark.tor


def cut_connection(to: Path) -> None:
    """Break our end of the connection to a unix socket, as the kernel would."""
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        try:
            ours = socket.socket(fileno=descriptor)
        except OSError:  # no socket, or the list's own descriptor
            continue
        with contextlib.suppress(OSError):
            if ours.family == socket.AF_UNIX and ours.getpeername() == str(to):
                ours.shutdown(socket.SHUT_RDWR)
        ours.detach()


async def test_a_killed_tor_is_replaced(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        mine, theirs = await ana.call(ben)
        first = pid(ben)
        os.kill(first, signal.SIGKILL)
        assert await theirs.read(1) == b""
        await ben.heal()
        assert pid(ben) != first
        assert "killed by signal 9" in str(ben.told) or "closed its control connection" in str(ben.told)
        assert await mine.read(1) == b""
        await ana.say(ben)
        for end in (mine, theirs):
            end.close()


async def test_a_cut_control_connection_heals(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        first = pid(ben)
        cut_connection(ben.runtime_dir / "control")
        await ben.heal()
        assert pid(ben) != first
        assert not alive(first)
        await ana.say(ben)


async def test_a_reload_harms_nothing(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        mine, theirs = await ana.call(ben)
        first = pid(ben)
        os.kill(first, signal.SIGHUP)
        await ana.say(ben, isolation="another")
        await mine.write(b"x")
        assert await theirs.read(1) == b"x"
        assert pid(ben) == first
        assert ben.status.ready
        for end in (mine, theirs):
            end.close()


async def test_after_a_sleep_we_are_published_again(short_path: Path, tor_network: PrivateNetwork) -> None:
    clock = VirtualClock()
    ben = Person(short_path, "ben", torrc=tor_network.client_torrc, clock=clock)
    async with people(short_path, tor_network, "ana") as (ana,):
        try:
            await ben.appear()
            first = pid(ben)
            clock.jump(8 * 3600)
            await ben.heal()
            assert pid(ben) == first
            await ana.say(ben)
        finally:
            await ben.transport.stop()


@pytest.mark.slow
async def test_a_tor_that_hangs_is_replaced(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        first = pid(ben)
        os.kill(first, signal.SIGSTOP)
        await ben.heal()
        assert not alive(first)
        await ana.say(ben)


async def test_a_tor_that_cannot_run_is_told_and_tried_again(short_path: Path, tor_network: PrivateNetwork) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    ana = Person(short_path, "ana", torrc=f"{tor_network.client_torrc}HTTPTunnelPort 127.0.0.1:{port}\n")
    try:
        await ana.transport.start(ana)
        await ana.reach(TorPhase.FAILED)
        assert "tor ended" in ana.status.detail
        assert "starts again in 1 s" in ana.status.detail
        taken.close()
        await ana.reach(TorPhase.READY)
    finally:
        await ana.transport.stop()


_CHILD = """
import asyncio, sys
from pathlib import Path
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.transport import TorTransport

class Deaf:
    def accepted(self, address, stream): ...
    def changed(self, status):
        if status.ready: print("ready", flush=True)

async def main(directory):
    async with PrivateNetwork(directory / "network") as network:
        transport = TorTransport(
            tor_dir=directory / "tor", runtime_dir=directory / "run", extra_torrc=network.client_torrc
        )
        await transport.start(Deaf())
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


def processes_of(directory: Path) -> set[int]:
    """The pids of processes that name a directory on their command line."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"{directory}/".encode() in command:
                found.add(int(entry.name))
    return found


async def ended(pid: int) -> None:
    """Wait for the end of a process that is not our child."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        readable, _, _ = await asyncio.to_thread(select.select, [watch], [], [], 20)
        assert readable, f"{pid} still runs"
    finally:
        os.close(watch)


@pytest.mark.slow
async def test_no_tor_outlives_a_killed_owner(short_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, short_path, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readline(), 90) == b"ready\n"
    left = processes_of(short_path)
    assert len(left) == 7
    child.kill()
    await child.wait()
    await asyncio.gather(*(ended(each) for each in left))
    assert processes_of(short_path) == set()
