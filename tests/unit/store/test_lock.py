"""One holder per profile, in a directory that is ours alone."""

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chattor.errors import BadDirectory, ProfileInUse
from chattor.store.lock import ProfileLock, network_file_system

_HOLD = """
import sys
from pathlib import Path
from chattor.store.lock import ProfileLock
lock = ProfileLock.take(Path(sys.argv[1]), "daemon")
print("held", flush=True)
sys.stdin.read()
"""

MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:27 / /home rw shared:1 - nfs4 server:/home rw,vers=4.2
31 30 0:28 / /home/anna/local\040disk rw - btrfs /dev/sdb rw
32 22 0:29 / /mnt/share rw - fuse.sshfs anna@host: rw
nonsense
"""


def test_the_directory_and_the_lock_are_private_from_birth(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "profile"
    with ProfileLock.take(directory, "daemon"):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (directory.parent, directory, directory / "lock")]
        assert modes == [0o700, 0o700, 0o600]


def test_input_75_a_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    with ProfileLock.take(tmp_path, "daemon"):
        with pytest.raises(ProfileInUse, match=f"a daemon \\(process {os.getpid()}\\) already holds this profile"):
            ProfileLock.take(tmp_path, "tui")
        assert (tmp_path / "lock").read_text() == f"{os.getpid()} daemon\n"


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    first = ProfileLock.take(tmp_path, "daemon")
    first.release()
    first.release()
    with ProfileLock.take(tmp_path, "tui"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()} tui\n"


@pytest.mark.parametrize("told", ["", "hello", "7 daemon; rm -rf /", "\x1b[2J", "99999999999999 x"])
def test_what_the_lock_file_says_is_not_believed(tmp_path: Path, told: str) -> None:
    with ProfileLock.take(tmp_path, "daemon"):
        (tmp_path / "lock").write_text(told)
        with pytest.raises(ProfileInUse) as caught:
            ProfileLock.take(tmp_path, "tui")
    assert str(caught.value) in (
        "another program already holds this profile",
        "a daemon (process 7) already holds this profile",
    )


def test_the_lock_ends_with_a_killed_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ProfileInUse, match=f"process {holder.pid}"):
            ProfileLock.take(tmp_path, "tui")
        holder.kill()
        holder.wait()
        ProfileLock.take(tmp_path, "tui").release()


async def test_a_program_started_by_the_holder_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = ProfileLock.take(tmp_path, "daemon")
    child = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        lock.release()
        ProfileLock.take(tmp_path, "tui").release()
    finally:
        child.kill()
        await child.wait()


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    directory = tmp_path / "profile"
    directory.mkdir(mode=0o700)
    (directory / "lock").symlink_to(victim)
    with pytest.raises(BadDirectory, match="lock cannot be used"):
        ProfileLock.take(directory, "daemon")
    assert victim.read_text() == "precious"


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/home/anna", "nfs4"),
        ("/home/anna/local disk/x", None),
        ("/home/annabel", "nfs4"),
        ("/homestead", None),
        ("/mnt/share/deep/er", "fuse.sshfs"),
        ("/var", None),
    ],
)
def test_input_80_network_file_systems_are_known(directory: str, kind: str | None) -> None:
    assert network_file_system(Path(directory), MOUNTS) == kind


def test_a_lock_that_cannot_be_written_is_let_go_again(tmp_path: Path) -> None:
    """As on a full disk: whoever tries again in the same program must not meet himself."""
    os.mkfifo(tmp_path / "lock")
    before = len(os.listdir("/dev/fd"))
    with pytest.raises(BadDirectory):
        ProfileLock.take(tmp_path, "tui")
    assert len(os.listdir("/dev/fd")) == before
