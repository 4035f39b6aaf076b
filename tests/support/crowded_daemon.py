"""`python -m tests.support.crowded_daemon DATA_DIR MESSAGES`: a daemon whose store holds so many messages with Ben.

The node is a played one with a real store behind a real socket. SIGUSR1 lets Ben write without an end, RATE texts a
second, and SIGUSR2 lets him stop.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

from chattor.config.files import private_directory
from chattor.config.paths import locate
from chattor.rpc.server import serve
from tests.support.played import READY, PlayedNode

RATE: Final = 100
_MINUTE: Final = 60_000  # ms
_WORDS: Final = "we meet at nine where the river bends and bring maps of summer "
_FILL: Final = """
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?1)
INSERT INTO messages (friend, direction, msg_id, seq, text, state, sent_ms, received_ms)
SELECT ?2, iif(n % 2, 'in', 'out'), CAST(printf('%016d', n) AS BLOB), n, substr(?3, n % 60 + 1, 20 + n % 100),
    iif(n % 2, 'delivered', 'read'), ?4 + n * ?5, iif(n % 2, ?4 + n * ?5, NULL) FROM counted
"""


def crowded(data: Path, messages: int) -> PlayedNode:
    """Mara and Ben, one message a minute in turn, all of them read."""
    node = PlayedNode("mara", directory=data)
    node.tor_moves(READY)
    friend = node.friend("ben")
    began = node.clock.wall() - messages * _MINUTE
    node.rewrite("PRAGMA cache_size = -1000000")  # KiB: all of it while it is written
    node.rewrite(_FILL, messages, int(friend.id[1:]), _WORDS * 3, began, _MINUTE)
    node.rewrite("PRAGMA cache_size = -2000")
    node.rewrite("UPDATE friends SET read_id = (SELECT max(id) FROM messages)")
    return node


async def talk(node: PlayedNode, talking: asyncio.Event) -> None:
    """Ben writes whenever he is to."""
    number = 0
    while await talking.wait():
        node.peer_says("ben", f"text {number} of many that come while somebody writes")
        number += 1
        await asyncio.sleep(1 / RATE)


async def main(data: Path, messages: int) -> None:
    """Serve until killed."""
    node, talking, loop = crowded(data, messages), asyncio.Event(), asyncio.get_running_loop()
    socket = locate(data_dir=data).socket
    private_directory(socket.parent)
    server = await serve(node.door, socket)
    loop.add_signal_handler(signal.SIGUSR1, talking.set)
    loop.add_signal_handler(signal.SIGUSR2, talking.clear)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        await talk(node, talking)
    finally:
        await server.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
