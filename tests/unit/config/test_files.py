"""Directories that are ours alone, files that are whole or absent."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from chattor.config.files import private_directory, read_regular, write_atomically
from chattor.errors import BadDirectory
from tests.unit.store.conftest import full_disk


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_missing_levels_are_made_private(tmp_path: Path) -> None:
    private_directory(tmp_path / "a" / "b")
    private_directory(tmp_path / "a" / "b")
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o700, 0o700]


def test_an_empty_directory_just_made_by_hand_is_closed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(0o755)
    private_directory(tmp_path / "mine")
    assert mode(tmp_path / "mine") == 0o700


@pytest.mark.parametrize("bits", [0o777, 0o755, 0o707, 0o770, 0o701])
def test_input_80_a_directory_open_to_others_is_refused_with_the_fix(tmp_path: Path, bits: int) -> None:
    (tmp_path / "file").touch()
    tmp_path.chmod(bits)
    with pytest.raises(BadDirectory, match="is open to other users: chmod 700 it"):
        private_directory(tmp_path)
    assert mode(tmp_path) == bits


def test_input_80_a_file_or_a_link_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(BadDirectory, match=f"{name} is not a directory"):
            private_directory(tmp_path / name)
    with pytest.raises(BadDirectory, match="cannot be used: not a directory"):
        private_directory(tmp_path / "file" / "below")


def test_input_80_somebody_elses_directory(tmp_path: Path) -> None:
    theirs = Path("/")
    if os.getuid() == 0:
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        os.chown(theirs, 12345, 12345)
    with pytest.raises(BadDirectory, match=r"belongs to user \d+: chown it"):
        private_directory(theirs)


_AS_SOMEBODY = """
import os, sys
from pathlib import Path
from chattor.config.files import private_directory
from chattor.errors import BadDirectory
if os.getuid() == 0:
    os.setuid(int(sys.argv[2]))
try:
    private_directory(Path(sys.argv[1]))
except BadDirectory as error:
    print(error)
"""


def test_input_80_a_directory_that_cannot_be_written() -> None:
    user = 12345 if os.getuid() == 0 else os.getuid()
    with tempfile.TemporaryDirectory() as directory:  # not below pytest's own, which are closed to that user
        os.chown(directory, user, -1)
        Path(directory).chmod(0o500)
        argv = [sys.executable, "-c", _AS_SOMEBODY, directory, str(user)]
        said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        Path(directory).chmod(0o700)
    assert said == f"{directory} cannot be written: chmod 700 it, or pass another directory\n"


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    target.chmod(0o644)
    write_atomically(target, b"new")
    assert (target.read_bytes(), mode(target)) == (b"new", 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_r3_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with full_disk(1), pytest.raises(OSError, match="File too large"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_a_killed_writer_left_is_not_followed_nor_kept(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "file.tmp").symlink_to(victim)
    write_atomically(tmp_path / "file", b"new")
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "file.tmp").exists()


def test_reading_is_bounded_and_waits_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    assert read_regular(tmp_path / "file", 10) == b"x" * 10
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"not a regular file|Is a directory"):
            read_regular(path, 10)
