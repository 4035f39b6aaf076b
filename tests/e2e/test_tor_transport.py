"""The Tor transport on a real, private network: talk, be refused, and leave no trace (reliability S6, S7)."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import pytest

from chattor.config.settings import TorSettings
from chattor.crypto.keys import SigningKey, expanded_onion_key
from chattor.errors import BadDirectory, DialFailed, TorDown, TorMissing, TorRefused
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase
from chattor.transport.base import ProofOfWork, Transport
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.transport import TorTransport
from tests.support.tor import Person, alive, people, pid

pytestmark = pytest.mark.tor


def everything(directory: Path) -> list[Path]:
    return list(directory.rglob("*"))


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
        assert ana.transport.proof_of_work is ProofOfWork.ON


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
        said = (await ana.asked("stream-status")).splitlines()
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
    settings = TorSettings(binary=Path("/no/tor"))
    without = TorTransport(tor_dir=short_path / "tor", runtime_dir=short_path / "run", settings=settings)
    with pytest.raises(TorMissing, match="/no/tor was not found"):
        await without.start(Person(short_path, "ana", torrc=""))
