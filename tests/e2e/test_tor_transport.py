"""The Tor transport on a real, private network: talk, fall, and get up again (reliability R5, S6, S7)."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chattor.crypto.keys import SigningKey, expanded_onion_key
from chattor.errors import BadDirectory, DialFailed, TorDown, TorMissing, TorRefused
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase
from chattor.transport.base import Transport
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.transport import TorTransport
from tests.support.tor import Person
from tests.support.virtual import VirtualClock

pytestmark = pytest.mark.tor


@asynccontextmanager
async def people(directory: Path, network: PrivateNetwork, *names: str) -> AsyncIterator[list[Person]]:
    """Some, all reachable; none is left running."""
    there = [Person(directory, name, torrc=network.client_torrc) for name in names]
    try:
        await asyncio.gather(*(each.appear() for each in there))
        yield there
    finally:
        await asyncio.gather(*(each.transport.stop() for each in there))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid(person: Person) -> int:
    assert person.transport.pid is not None
    return person.transport.pid


def everything(directory: Path) -> list[Path]:
    return list(directory.rglob("*"))


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


def test_it_is_a_transport(short_path: Path) -> None:
    transport: Transport = TorTransport(tor_dir=short_path, runtime_dir=short_path)
    assert isinstance(transport, TorTransport)


async def test_two_people_talk(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        await ana.say(ben)
        await ben.say(ana, os.urandom(100_000))
        percents = [status.percent for status in ana.told]
        assert percents == sorted(percents)
        phases = list(dict.fromkeys(status.phase for status in ana.told))
        assert phases == [TorPhase.STARTING, TorPhase.BOOTSTRAPPING, TorPhase.PUBLISHING, TorPhase.READY]
        assert ana.transport.proof_of_work


async def test_who_is_dialled_is_told_apart_and_a_stopped_one_is_gone(
    short_path: Path, tor_network: PrivateNetwork
) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        seed = bytes(range(32))
        second = OnionAddress(SigningKey(seed).public)
        service = await ben.transport.serve(seed)
        with pytest.raises(ValueError, match="served already"):
            await ben.transport.serve(seed)
        await ben.heal()
        await ana.say(ben)
        stream = await ana.transport.dial(second, isolation="friend", timeout=30)
        address, theirs = await ben.callers.get()
        assert address == second
        await service.stop()
        await service.stop()
        await theirs.write(b"still yours")
        assert await stream.read(11) == b"still yours"
        for end in (stream, theirs):
            end.close()
        with pytest.raises(DialFailed):
            await ana.transport.dial(second, isolation="other", timeout=5)
        await ana.say(ben)
        assert ben.status.ready


async def test_a_name_has_circuits_of_its_own(short_path: Path, tor_network: PrivateNetwork) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        streams = [await ana.call(ben, name) for name in ("f1", "f2", "f1")]
        reader, writer = await asyncio.open_unix_connection(ana.runtime_dir / "control")
        cookie = (ana.tor_dir / "control_auth_cookie").read_bytes().hex()
        writer.write(f"AUTHENTICATE {cookie}\r\nGETINFO stream-status\r\nQUIT\r\n".encode())
        said = (await reader.read()).decode().splitlines()
        writer.close()
        circuits = [line.split()[-2] for line in said if str(ben.address) in line]
        assert len(circuits) == 3
        assert len(set(circuits)) == 2
        for stream in sum(streams, ()):
            stream.close()


async def test_who_does_not_answer_is_looked_up_anew_and_called_again(
    short_path: Path, tor_network: PrivateNetwork
) -> None:
    async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
        await ana.say(ben)  # from now on her tor knows where to call
        reader, writer = await asyncio.open_unix_connection(ana.runtime_dir / "control")
        cookie = (ana.tor_dir / "control_auth_cookie").read_bytes().hex()
        writer.write(f"AUTHENTICATE {cookie}\r\nSETEVENTS HS_DESC\r\n".encode())
        os.kill(pid(ben), signal.SIGSTOP)
        with pytest.raises(DialFailed, match="no answer within 5 s"):
            await ana.transport.dial(ben.address, isolation="f2", timeout=5)
        os.kill(pid(ben), signal.SIGCONT)
        writer.write(b"QUIT\r\n")
        said = (await reader.read()).decode()
        writer.close()
        assert f"HS_DESC REQUESTED {str(ben.address).removesuffix('.onion')}" in said


async def test_whoever_is_not_there_is_offline_and_not_our_tor_s_fault(
    short_path: Path, tor_network: PrivateNetwork
) -> None:
    async with people(short_path, tor_network, "ana") as (ana,):
        nobody = OnionAddress(SigningKey(bytes(32)).public)
        with pytest.raises(DialFailed, match="offline"):
            await ana.transport.dial(nobody, isolation="f1", timeout=30)
        with pytest.raises(DialFailed, match=r"no answer within 0\.001 s"):
            await ana.transport.dial(ana.address, isolation="f1", timeout=0.001)


async def test_before_and_after_tor_is_down(short_path: Path, tor_network: PrivateNetwork) -> None:
    ana = Person(short_path, "ana", torrc=tor_network.client_torrc)
    with pytest.raises(TorDown):
        await ana.transport.dial(ana.address, isolation="f1", timeout=1)
    await ana.appear()
    tor, loop = pid(ana), asyncio.get_running_loop()
    mine, theirs = await ana.call(ana)
    began = loop.time()
    await ana.transport.stop()
    assert loop.time() - began < 1.0
    assert not alive(tor)
    assert ana.status.phase is TorPhase.OFF
    assert list(ana.runtime_dir.iterdir()) == []
    assert await mine.read(1) == await theirs.read(1) == b""
    with pytest.raises(TorDown):
        await ana.transport.dial(ana.address, isolation="f1", timeout=1)
    await ana.transport.stop()


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


async def test_what_tor_keeps_is_private_and_holds_no_key(short_path: Path, tor_network: PrivateNetwork) -> None:
    before = os.umask(0)
    try:
        async with people(short_path, tor_network, "ana", "ben") as (ana, ben):
            await ben.say(ana)
            os.kill(pid(ana), signal.SIGHUP)
            await ben.say(ana, isolation="again")
            made = everything(short_path)
            assert {path.name for path in made} >= {"log", "state", "socks", "control", "onion-1", "torrc"}
            assert [path for path in made if stat.S_IMODE(path.lstat().st_mode) & 0o077] == []
    finally:
        os.umask(before)
    expanded = expanded_onion_key(ana.seed)
    secrets = [ana.seed, ana.seed.hex().encode(), expanded[:32], expanded[32:], expanded.hex().encode()]
    label = str(ana.address).removesuffix(".onion").encode()
    for file in (path for path in everything(short_path / "ana") if path.is_file()):
        content = file.read_bytes()
        assert [secret for secret in [*secrets, label, ana.address.public_key] if secret in content] == [], file


async def test_a_bad_line_is_refused_at_once_and_a_good_one_later(
    short_path: Path, tor_network: PrivateNetwork
) -> None:
    ana = Person(short_path, "ana", torrc=tor_network.client_torrc + "NoSuchOption 1\n")
    with pytest.raises(TorRefused, match="Unknown option 'NoSuchOption'"):
        await ana.transport.start(ana)
    assert ana.told == []
    await ana.transport.stop()


async def test_what_cannot_be_is_refused_before_tor_starts(short_path: Path) -> None:
    far = TorTransport(tor_dir=short_path / "tor", runtime_dir=short_path / ("x" * 100))
    with pytest.raises(BadDirectory, match="too long"):
        await far.start(Person(short_path, "ana", torrc=""))
    with pytest.raises(BadDirectory, match="too long"):
        await far.serve(bytes(32))
    without = TorTransport(tor_dir=short_path / "tor", runtime_dir=short_path / "run", tor_binary=Path("/no/tor"))
    with pytest.raises(TorMissing, match="/no/tor was not found"):
        await without.start(Person(short_path, "ana", torrc=""))


async def test_a_tor_that_cannot_run_is_told_and_tried_again(short_path: Path, tor_network: PrivateNetwork) -> None:
    taken = short_path / "taken"
    taken.mkdir()
    ana = Person(short_path, "ana", torrc=f"{tor_network.client_torrc}ControlPort unix:{taken}\n")
    try:
        await ana.transport.start(ana)
        await ana.reach(TorPhase.FAILED)
        assert "tor ended" in ana.status.detail
        assert "starts again in 1 s" in ana.status.detail
        taken.rmdir()
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
