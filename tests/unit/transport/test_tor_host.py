"""A tor that is not ours: where it may be, what it must let us do, and what is left alone."""

import asyncio
import socket
from pathlib import Path

import pytest

from chattor.config.settings import TorSettings
from chattor.crypto.keys import SigningKey
from chattor.errors import TorDown, TorRefused
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase
from chattor.transport.tor import endpoint
from chattor.transport.tor.endpoint import Endpoint
from chattor.transport.tor.host import SystemTor
from tests.support.tor import PATIENCE, Person, ToyTor

PHASE = '250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"\r\n250 OK'
NAME = "tor.control"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/run/tor/control", "/run/tor/control"),
        ("unix:/run/tor/control", "/run/tor/control"),
        ("127.0.0.1:9051", ("127.0.0.1", 9051)),
        ("localhost:9051", ("127.0.0.1", 9051)),
        ("[::1]:9051", ("::1", 9051)),
    ],
)
def test_where_a_tor_may_be(text: str, address: str | tuple[str, int]) -> None:
    assert endpoint.parse(text, NAME) == Endpoint(address)


def test_home_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/mara")
    assert endpoint.parse("~/control", NAME) == Endpoint("/home/mara/control")


@pytest.mark.parametrize(
    "text",
    [
        "", "9051", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:0080001", "127.0.0.1:٣", "run/x",
        "/run/\0tor",
    ],
)  # fmt: skip
def test_what_is_no_place_is_told(text: str) -> None:
    with pytest.raises(TorRefused, match=r"tor\.control must be the path of a socket, or a port of this machine"):
        endpoint.parse(text, NAME)


@pytest.mark.parametrize("text", ["192.0.2.1:9051", "[2001:db8::1]:9051", "0.0.0.0:9051"])
def test_another_machine_is_refused(text: str) -> None:
    with pytest.raises(TorRefused, match="another machine"):
        endpoint.parse(text, NAME)


@pytest.mark.parametrize("what", [{"bridges": ("192.0.2.1:1",)}, {"socks": "nowhere"}])
async def test_what_it_cannot_obey_is_refused_before(what: dict[str, str]) -> None:
    with pytest.raises(TorRefused):
        await SystemTor(TorSettings(control="/c", **what), "").prepare()  # type: ignore[arg-type]
    with pytest.raises(TorRefused, match="extra lines do not go there"):
        await SystemTor(TorSettings(control="/c"), "SafeLogging 0\n").prepare()


def toy_tor(directory: Path) -> ToyTor:
    toy = ToyTor(directory)
    toy.answers |= {
        "PROTOCOLINFO": "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250 OK",
        "GETINFO net/listeners/socks": '250-net/listeners/socks="0.0.0.0:1" "unix:/run/tor/socks"\r\n250 OK',
        "GETINFO status/bootstrap-phase": PHASE,
    }
    return toy


async def test_its_socks_port_is_asked_for_and_one_for_others_passed_over(short_path: Path) -> None:
    toy = toy_tor(short_path)
    host = SystemTor(TorSettings(control=str(toy.socket)), "")
    async with await toy.start():
        control = await host.attach(lambda event: None)
        assert host.socks == Endpoint("/run/tor/socks")
        assert "TAKEOWNERSHIP" not in toy.asked
        await control.close()
        toy.answers["GETINFO net/listeners/socks"] = "250-net/listeners/socks=\r\n250 OK"
        with pytest.raises(TorRefused, match="needs a SocksPort"):
            await host.attach(lambda event: None)
        toy.answers["AUTHENTICATE"] = "515 Authentication failed"
        with pytest.raises(TorRefused, match="does not let us in: 515 Authentication failed"):
            await host.attach(lambda event: None)
    with pytest.raises(TorDown, match="no tor answers at"):
        await host.attach(lambda event: None)


async def test_one_that_filters_is_told_and_callers_come_to_a_port_of_this_machine(short_path: Path) -> None:
    toy = toy_tor(short_path)
    toy.answers["ADD_ONION"] = "510 Command filtered"
    ana = Person(short_path, "ana", torrc="", settings=TorSettings(control=str(toy.socket)))
    async with await toy.start():
        await ana.transport.start(ana)
        await ana.transport.serve(ana.seed)
        await ana.reach(TorPhase.FAILED)
        told = "tor does not let us serve our address: 510 Command filtered; tor is tried again in 1 s"
        assert ana.status.detail == told
        command = (await toy.was_asked("ADD_ONION"))[0]
        host, port = command.rpartition("Port=9735,")[2].split(":")
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as caller:
            _, theirs = await ana.callers.get()
            caller.send(b"knock")
            assert await theirs.read(5) == b"knock"
            theirs.close()
        await ana.transport.stop()
    assert not any(command.startswith(("SETCONF", "SIGNAL", "TAKEOWNERSHIP")) for command in toy.asked)


async def test_keys_of_friends_go_with_us(short_path: Path) -> None:
    toy = toy_tor(short_path)
    ana = Person(short_path, "ana", torrc="", settings=TorSettings(control=str(toy.socket)))
    async with await toy.start():
        await ana.transport.start(ana)
        await ana.reach(TorPhase.READY)
        friend = OnionAddress(SigningKey(bytes(32)).public)
        dialling = asyncio.create_task(
            ana.transport.dial(friend, isolation="f1", timeout=PATIENCE, key=bytes(range(32)))
        )
        await toy.was_asked("ONION_CLIENT_AUTH_ADD")
        await asyncio.wait([dialling])  # nobody listens at its SOCKS socket
        assert isinstance(dialling.exception(), TorDown)
        await ana.transport.stop()
        onion = str(friend).removesuffix(".onion")
        assert await toy.was_asked("ONION_CLIENT_AUTH_REMOVE") == [f"ONION_CLIENT_AUTH_REMOVE {onion}"]


async def test_a_key_tor_takes_while_we_go_goes_too(short_path: Path) -> None:
    toy = toy_tor(short_path)
    ana = Person(short_path, "ana", torrc="", settings=TorSettings(control=str(toy.socket)))
    friends = [OnionAddress(SigningKey(bytes([number]) * 32).public) for number in range(2)]
    async with await toy.start():
        await ana.transport.start(ana)
        await ana.reach(TorPhase.READY)
        dials = []
        for number, friend in enumerate(friends, 1):
            dial = ana.transport.dial(friend, isolation="f", timeout=PATIENCE, key=bytes(range(32)))
            dials.append(asyncio.create_task(dial))
            await toy.was_asked("ONION_CLIENT_AUTH_ADD", number)
            if number == 1:
                await asyncio.wait(dials)
                toy.answers["ONION_CLIENT_AUTH_ADD"] = ""  # later
        toy.answers["ONION_CLIENT_AUTH_REMOVE"] = "250 the key is added\r\n250 and this one removed"
        await ana.transport.stop()
        await asyncio.wait(dials)
        assert {str(friend).removesuffix(".onion") for friend in friends} == {
            command.split()[1] for command in await toy.was_asked("ONION_CLIENT_AUTH_REMOVE")
        }
        assert all(isinstance(dial.exception(), TorDown) for dial in dials)
