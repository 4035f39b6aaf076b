"""What a process asks of the system before it hosts a node."""

import subprocess
import sys
from pathlib import Path

import pytest

from chattor.config.settings import Settings
from chattor.errors import TorRefused
from chattor.launch import FILES_BESIDE, TORRC_MAX, extra_torrc
from chattor.protocol.limits import FRIEND_LINKS

ASK = (
    "import resource, sys; soft, hard = int(sys.argv[1]), int(sys.argv[2]);"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard));"
    "from chattor.launch import friend_links;"
    "print(friend_links(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
)

CARELESS = """
import asyncio, os, resource, sys
from pathlib import Path
from chattor import launch
from chattor.config.paths import locate
from chattor.config.settings import Settings
from chattor.crypto.cost import Cost
from chattor.profile import Profile

at, does = Path(sys.argv[1]), sys.argv[2]
cheap = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
profile = Profile(paths=locate(None, at / "data", at / "config"), settings=Settings(), cost=cheap)
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
os.umask(0)

async def work():
    if does == "create":
        await launch.create(profile, "ann", "correct horse")
    else:
        await (await launch.read_offline(profile, "correct horse")).close()

asyncio.run(work())
print(*resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
"""


def test_whoever_handles_secrets_dumps_no_core_and_makes_nothing_others_may_read(tmp_path: Path) -> None:
    for does in ("create", "open"):
        command = [sys.executable, "-c", CARELESS, str(tmp_path), does]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        assert told.stdout.split() == ["0", "0", "0o77"], does


@pytest.mark.parametrize(
    ("soft", "hard", "links", "files"),
    [
        (256, 4096, FRIEND_LINKS, FRIEND_LINKS + FILES_BESIDE),
        (2048, 4096, FRIEND_LINKS, 2048),
        (256, 512, 512 - FILES_BESIDE, 512),
        (200, 200, 1, 200),
    ],
)
def test_links_of_friends_are_bounded_by_the_files_a_process_may_open(
    soft: int, hard: int, links: int, files: int
) -> None:
    told = subprocess.run([sys.executable, "-c", ASK, str(soft), str(hard)], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(links), str(files)]


def test_extra_torrc_lines_are_all_taken_or_refused_and_never_cut(tmp_path: Path) -> None:
    file = tmp_path / "torrc"
    lines = "# a long list\n" * (TORRC_MAX // 14) + "ExcludeNodes {aa}\n"
    file.write_text(lines[-TORRC_MAX:])
    assert extra_torrc(Settings(), file).endswith("ExcludeNodes {aa}\n")
    file.write_text(lines)
    with pytest.raises(TorRefused, match="64 KiB"):
        extra_torrc(Settings(), file)
