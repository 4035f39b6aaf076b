"""A page in a real browser without a screen, and what its script tells us."""

import asyncio
import json
import platform
import shutil
import tempfile
import threading
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

_QUIET: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_BROWSERS: Final = ("chromium-headless-shell", "chromium")


def program() -> str:
    """The browser; where the set-up installs none and there is none the test is skipped."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None and not _is_debian():
        pytest.skip("there is no headless Chromium")
    assert found, "`make setup-test` installs one"
    return found


def _is_debian() -> bool:
    with suppress(OSError):
        return platform.freedesktop_os_release().get("ID") == "debian"
    return False


@contextmanager
def site(directory: Path) -> Iterator[tuple[str, "asyncio.Queue[Any]"]]:
    """The origin of a web server on this machine with the files of a directory, and what its pages post."""
    told: asyncio.Queue[Any] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    class Handler(SimpleHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            loop.call_soon_threadsafe(told.put_nowait, said)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", told
        finally:
            server.shutdown()
            thread.join()


@asynccontextmanager
async def page(url: str) -> AsyncIterator[None]:
    """A browser with a page, in a profile of its own."""
    with tempfile.TemporaryDirectory(prefix="ct", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            *(program(), *_QUIET, f"--user-data-dir={profile}", "--remote-debugging-port=0", url),
            stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            await process.wait()
