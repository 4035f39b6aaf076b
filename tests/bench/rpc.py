"""What the socket costs: `python -m tests.bench.rpc [CALLS]`, 5,000 unless told.

Round trips of `status` and `friends.list` over the real socket, one after the other on one connection, client and
node each in a process of its own, against a bare echo of the same line over such a socket. Then texts arriving at a
node that ten programs follow, until each has heard of all of them. Then what an idle node takes.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

from chattor.model.events import Event, MessageReceived
from chattor.rpc import blocking
from chattor.rpc.client import connect
from tests.support.played import inhabited
from tests.support.served import served

_LISTENERS: Final = 10
_TEXTS: Final = 1_000
_IDLE: Final = 5.0  # s
_ECHO: Final = """
import socket, sys
server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen()
client, _ = server.accept()
while data := client.recv(65536): client.sendall(data)
"""


def _print(name: str, figure: str) -> None:
    sys.stdout.write(f"{name:28} {figure}\n")


def _timed(name: str, call: Callable[[], object], calls: int) -> None:
    taken = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1e6)
    taken.sort()
    _print(name, f"p50 {statistics.median(taken):6.0f} µs   p99 {taken[len(taken) * 99 // 100]:6.0f} µs")


def _echo(home: Path, calls: int) -> None:
    import socket

    path = home / "echo"
    other = subprocess.Popen([sys.executable, "-c", _ECHO, path])
    with socket.socket(socket.AF_UNIX) as client:
        while client.connect_ex(str(path)):
            time.sleep(0.02)

        def call() -> None:
            client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"status","params":{}}\n')
            client.recv(65_536)

        _timed("bare echo", call, calls)
    other.wait()


def _idle(pid: int) -> None:
    def ticks() -> int:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))

    before = ticks()
    time.sleep(_IDLE)
    share = (ticks() - before) / os.sysconf("SC_CLK_TCK") / _IDLE * 100
    resident = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    _print("idle node, without tor", f"{int(resident.split()[1]) / 1024:.0f} MiB resident, {share:.1f} % of a core")


async def _follow() -> None:
    node = inhabited()
    async with served(node) as path:
        heard = asyncio.Barrier(_LISTENERS + 1)

        async def listen() -> None:
            remote, count = await connect(path), 0
            async with aclosing(cast("AsyncGenerator[Event, None]", remote.events("0"))) as events:
                async for event in events:
                    count += isinstance(event, MessageReceived)
                    if count == _TEXTS:
                        break
            await heard.wait()
            await remote.close()

        programs = [asyncio.create_task(listen()) for _ in range(_LISTENERS)]
        begun = time.perf_counter()
        for number in range(_TEXTS):
            node.peer_says("bob", f"text {number}")
            await asyncio.sleep(0)
        await heard.wait()
        taken = time.perf_counter() - begun
        await asyncio.gather(*programs)
    rate = _TEXTS * _LISTENERS / taken
    _print(f"events to {_LISTENERS} programs", f"{rate:,.0f} a second, node and programs in one process")


def main(calls: int = 5_000) -> None:
    """Measure and print."""
    with TemporaryDirectory(prefix="ct") as directory:
        home = Path(directory)
        _echo(home, calls)
        node = subprocess.Popen([sys.executable, "-m", "tests.support.played_daemon", home, "fine"])
        socket = home / "run" / "rpc.sock"
        while not socket.exists() and node.poll() is None:
            time.sleep(0.05)
        try:
            remote = blocking.connect(socket)
            _timed("status", lambda: blocking.drive(remote.status()), calls)
            _timed("friends.list", lambda: blocking.drive(remote.friends_list()), calls)
            blocking.drive(remote.close())
            if Path("/proc").is_dir():
                _idle(node.pid)
        finally:
            node.terminate()
            node.wait()
    asyncio.run(_follow())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
