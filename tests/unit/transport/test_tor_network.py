"""The private network without starting it: what it needs, and what its members are told."""

import os
import socket
from pathlib import Path

import pytest

from chattor.errors import BadDirectory, TorMissing, TorRefused
from chattor.transport.tor import network, process, relay
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.relay import Relay


@pytest.fixture
def open_directory(tmp_path: Path) -> Path:
    (tmp_path / "something").touch()
    tmp_path.chmod(0o755)
    return tmp_path


async def test_what_is_missing_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(TorMissing, match="/no/tor-gencert was not found"):
        await PrivateNetwork(tmp_path / "net", tor_gencert=Path("/no/tor-gencert")).start()
    with pytest.raises(TorMissing, match="/no/tor was not found"):
        await PrivateNetwork(tmp_path / "net", tor=Path("/no/tor")).start()
    assert not os.listdir(tmp_path)


async def test_a_directory_open_to_others_is_refused(open_directory: Path) -> None:
    with pytest.raises(BadDirectory):
        await PrivateNetwork(open_directory).start()


async def test_a_program_that_is_not_tor_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(TorRefused, match="fingerprint"):
        await PrivateNetwork(tmp_path / "net", tor=Path("/bin/true")).start()
    with pytest.raises(TorRefused, match="false failed"):
        await PrivateNetwork(tmp_path / "other", tor=Path("/bin/false")).start()


async def test_a_relay_with_keys_knows_who_it_is(tmp_path: Path) -> None:
    new = Relay(directory=tmp_path / "authority0", or_port=20_001, dir_port=20_002)
    made = await relay.with_keys(new, process.find("tor"), process.find("tor-gencert"))
    assert len(made.fingerprint) == len(made.v3_identity) == 40
    assert made.authority_line == (
        f"DirAuthority authority0 orport=20001 no-v2 v3ident={made.v3_identity} 127.0.0.1:20002 {made.fingerprint}"
    )


def test_nobody_listens_or_speaks_beyond_the_machine(tmp_path: Path) -> None:
    for dir_port in (None, 20_002):
        lines = relay.configuration(Relay(directory=tmp_path, or_port=20_001, dir_port=dir_port), os.getpid())
        ports = [line for line in lines if "Port " in line]
        assert all("127.0.0.1:" in line or line == "SocksPort 0" for line in ports)
        assert {"ExitRelay 0", "Address 127.0.0.1", "TestingTorNetwork 1"} <= set(lines)
        assert f"__OwningControllerProcess {os.getpid()}" in lines


def test_ports_in_use_are_passed_over() -> None:
    first, second = relay.free_ports(2)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", first))
        busy.listen()
        found = relay.free_ports(100_000)
    assert first not in found
    assert second in found
    assert len(set(found)) == len(found)


def test_a_relay_is_ready_when_it_can_tell_about_everybody(tmp_path: Path) -> None:
    some = Relay(directory=tmp_path, or_port=1, dir_port=None)
    assert not some.has_consensus(1)
    (tmp_path / "cached-microdesc-consensus").write_text("valid\nr a\nr b\n")
    assert some.has_consensus(2)
    assert not some.has_consensus(3)
    (tmp_path / "cached-microdescs.new").write_text("@x\nonion-key\n@x\nonion-key\nntor-onion-key\n")
    assert some.is_ready(2)
    assert not some.is_ready(3)


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_way_to_run_it_is_told(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert network.main(arguments) == 2
    assert capfd.readouterr().err == "usage: python -m chattor.transport.tor.network DIRECTORY\n"


def test_what_stands_in_the_way_is_told_with_the_way_out(
    open_directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert network.main([str(open_directory)]) == 1
    said = capfd.readouterr()
    assert "open to other users" in said.err
    assert BadDirectory().hint in said.err
    assert said.out == ""
