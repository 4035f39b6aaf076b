"""The real command line in real processes, and what it said."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chattor.config.paths import Paths, locate
from chattor.rpc.server import Server, serve
from tests.support.api import ToyNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one command printed, and its exit code."""

    out: str
    err: str
    code: int


@dataclass(frozen=True, slots=True)
class Shell:
    """A home of its own; `chattor(...)` runs `python -m chattor` there with that home's directories."""

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> Paths:
        """Where the profile of this shell lives."""
        return locate(None, self.home / "data", self.home / "config")

    def surroundings(self) -> dict[str, str]:
        """The environment of a command: ours, without what would change the output."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("CHATTOR_", "XDG_", "LC_"))}
        here = {"HOME": str(self.home), "TZ": "UTC", "LANG": "C.UTF-8", "COLUMNS": "100"}
        here |= {"CHATTOR_DATA_DIR": str(self.home / "data"), "CHATTOR_CONFIG_DIR": str(self.home / "config")}
        return {**ours, **here, **self.environment}

    async def start(self, *arguments: str | bytes, stdin: int = asyncio.subprocess.PIPE) -> asyncio.subprocess.Process:
        """Begin a command with all streams in our hands."""
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chattor", *arguments, stdin=stdin, stdout=pipe, stderr=pipe, env=self.surroundings()
        )

    async def chattor(self, *arguments: str | bytes, stdin: bytes = b"") -> Said:
        """Run a command to its end."""
        process = await self.start(*arguments)
        out, err = await process.communicate(stdin)
        return Said(out=out.decode(), err=err.decode(), code=process.returncode or 0)


@asynccontextmanager
async def shell_with(node: ToyNode) -> AsyncIterator[Shell]:
    """A shell beside a running node, which stops when it is asked to."""
    with tempfile.TemporaryDirectory(prefix="ct") as home:
        here = Shell(Path(home))
        server = await serve(node, here.paths.socket)
        stopping = asyncio.create_task(_stop_when_asked(node, server))
        try:
            yield here
        finally:
            stopping.cancel()
            await server.close()


async def _stop_when_asked(node: ToyNode, server: Server) -> None:
    await node.stopping.wait()
    await server.close()
