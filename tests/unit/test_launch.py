"""What a process asks of the system before it hosts a node."""

import subprocess
import sys

import pytest

from chattor.launch import FILES_BESIDE
from chattor.protocol.limits import FRIEND_LINKS

ASK = (
    "import resource, sys; soft, hard = int(sys.argv[1]), int(sys.argv[2]);"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard));"
    "from chattor.launch import friend_links;"
    "print(friend_links(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
)


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
