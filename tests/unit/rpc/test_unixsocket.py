"""Where the socket may lie and what is taken over (security §4, input 74)."""

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chattor.config.paths import SOCKET_PATH_MAX
from chattor.errors import BadDirectory, NoDaemon, ProfileInUse
from chattor.rpc import unixsocket


@pytest.fixture
def directory() -> Iterator[Path]:
    """Short, so that socket paths fit."""
    with tempfile.TemporaryDirectory(prefix="ct") as path:
        yield Path(path)


def test_socket_and_directory_are_closed_to_others_from_birth(directory: Path) -> None:
    path = directory / "new" / "rpc.sock"
    before = os.umask(0o000)
    try:
        with unixsocket.listen(path):
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert os.umask(0o000) == 0o000
    finally:
        os.umask(before)


def test_the_kernel_tells_who_is_at_the_other_end(directory: Path) -> None:
    with unixsocket.listen(directory / "s"), unixsocket.dial(directory / "s") as client:
        assert unixsocket.peer_uid(client) == os.getuid()


def test_input_74_a_stale_socket_of_ours_is_taken_over(directory: Path) -> None:
    unixsocket.listen(directory / "s").close()
    assert (directory / "s").exists()
    with pytest.raises(NoDaemon):
        unixsocket.dial(directory / "s")
    with unixsocket.listen(directory / "s"):
        unixsocket.dial(directory / "s").close()


def test_input_74_a_socket_somebody_answers_on_is_not_taken_over(directory: Path) -> None:
    with unixsocket.listen(directory / "s"):
        with pytest.raises(ProfileInUse):
            unixsocket.listen(directory / "s")
        unixsocket.dial(directory / "s").close()


def test_input_74_a_file_a_symlink_and_a_directory_stay_where_they_are(directory: Path) -> None:
    (directory / "file").write_text("mine")
    unixsocket.listen(directory / "real").close()
    (directory / "link").symlink_to(directory / "real")
    (directory / "dangling").symlink_to(directory / "nothing")
    (directory / "dir").mkdir()
    for name in ("file", "link", "dangling", "dir"):
        with pytest.raises(BadDirectory):
            unixsocket.listen(directory / name)
    assert (directory / "file").read_text() == "mine"
    assert (directory / "link").is_symlink()
    assert not (directory / "nothing").exists()


def test_input_74_a_path_that_does_not_fit_is_refused_by_its_length(directory: Path) -> None:
    fits = directory / ("x" * (SOCKET_PATH_MAX - len(str(directory)) - 1))
    unixsocket.listen(fits).close()
    for use in (unixsocket.listen, unixsocket.dial):
        with pytest.raises(BadDirectory, match=f"{SOCKET_PATH_MAX + 1} bytes, {SOCKET_PATH_MAX} fit"):
            use(fits.with_name(fits.name + "y"))


def test_input_74_a_directory_others_may_enter_is_refused(directory: Path) -> None:
    shared = directory / "shared"
    shared.mkdir()
    (shared / "somebody's").write_text("file")
    shared.chmod(0o750)
    with pytest.raises(BadDirectory, match="open to other users"):
        unixsocket.listen(shared / "s")
    (directory / "way").symlink_to(directory)
    with pytest.raises(BadDirectory, match="not a directory"):
        unixsocket.listen(directory / "way" / "s")


def test_nobody_there_and_something_else_there_are_told_apart(directory: Path) -> None:
    with pytest.raises(NoDaemon):
        unixsocket.dial(directory / "s")
    (directory / "file").write_text("")
    with pytest.raises(NoDaemon):
        unixsocket.dial(directory / "file")
    datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with datagram:
        datagram.bind(str(directory / "d"))
        with pytest.raises(BadDirectory):
            unixsocket.dial(directory / "d")
