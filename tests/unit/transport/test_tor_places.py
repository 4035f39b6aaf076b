"""Where a tor of ours lives: short enough, closed to others, and safe to write into a torrc."""

import asyncio
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chattor.config.paths import SOCKET_PATH_MAX
from chattor.errors import BadDirectory
from chattor.transport.tor import process, torrc
from chattor.transport.tor.places import Places, closed_to_others, socket_directory, write_private


def test_the_longest_path_that_fits_is_taken_and_one_byte_more_is_refused(short_path: Path) -> None:
    room = SOCKET_PATH_MAX - len(str(short_path)) - len("/") - len("/onion-9999")
    socket_directory(short_path / ("x" * room))
    with pytest.raises(BadDirectory, match="1 bytes too long for a socket"):
        socket_directory(short_path / ("x" * (room + 1)))
    with pytest.raises(BadDirectory, match="too long"):
        socket_directory(short_path / ("é" * (room // 2 + 1)))


@pytest.mark.parametrize("name", ["a b", 'a"b', "a#b", "a\\b", "a\nb", "a\x7fb"])
def test_what_tor_cannot_read_in_a_path_is_refused(short_path: Path, name: str) -> None:
    with pytest.raises(BadDirectory, match="tor cannot use"):
        socket_directory(short_path / name)
    assert list(short_path.iterdir()) == []


def test_a_relative_runtime_directory_is_refused() -> None:
    with pytest.raises(BadDirectory, match="not an absolute path"):
        socket_directory(Path("run"))


def test_a_runtime_directory_open_to_others_is_refused(short_path: Path) -> None:
    (short_path / "run").mkdir()
    (short_path / "run" / "something").touch()
    (short_path / "run").chmod(0o755)
    with pytest.raises(BadDirectory, match="open to other users"):
        socket_directory(short_path / "run")


def test_what_is_made_is_private_whatever_the_umask(short_path: Path) -> None:
    before = os.umask(0)
    try:
        socket_directory(short_path / "run")
        write_private(short_path / "run" / "torrc", "ClientOnly 1\n")
        with closed_to_others():
            (short_path / "run" / "other").touch()
    finally:
        assert os.umask(before) == 0
    assert stat.S_IMODE((short_path / "run").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (short_path / "run").iterdir()} == {0o600}


def test_a_file_that_cannot_be_written_is_a_bad_directory(short_path: Path) -> None:
    with pytest.raises(BadDirectory, match="cannot write"):
        write_private(short_path / "missing" / "torrc", "")


@settings(deadline=None)
@given(st.text())
def test_no_value_ends_its_line_or_begins_another(value: str) -> None:
    line = torrc.line("DataDirectory", value)
    assert "\n" not in line
    assert line.startswith('DataDirectory "')
    assert line.endswith('"')
    assert line[15:-1].replace("\\\\", "").replace('\\"', "").count('"') == 0


@pytest.mark.parametrize("name", ["plain", "with blank", "with#hash", 'with"quote', "with\\backslash", "größe"])
async def test_tor_takes_any_data_directory(short_path: Path, name: str) -> None:
    places = Places(data=short_path / name, runtime=short_path)
    places.data.mkdir(mode=0o700)
    write_private(places.torrc, torrc.client(places, owner=os.getpid(), extra="DisableNetwork 1"))
    tor = await process.TorProcess.start(process.find("tor"), places.torrc)
    try:
        while not places.cookie.exists():
            assert tor.exit_status is None, tor.last_words
            await asyncio.sleep(0.01)
        assert places.log.exists()
    finally:
        await tor.stop()


def test_programs_are_run_only_for_bridges_that_need_them(short_path: Path) -> None:
    places = Places(data=short_path, runtime=short_path)
    assert "NoExec 1" in torrc.client(places, owner=1, extra="")
    assert "NoExec 1" not in torrc.client(places, owner=1, extra="clientTransportPlugin obfs4 exec /usr/bin/obfs4proxy")
