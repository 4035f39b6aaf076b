"""The control connection. stem, which blocks, lives on one thread of its own and nowhere else.

Only stem's socket layer is used: its Controller brings two more threads, one of which wakes 20 times a second,
and 11 MiB. The thread is the only one that writes and reads; the event loop talks to it through a queue.
"""

import asyncio
import contextlib
import logging
import queue
import selectors
import socket
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from io import BufferedWriter
from pathlib import Path
from typing import Final

import stem
import stem.response
import stem.socket

from chattor.errors import TorDown
from chattor.transport.tor import events
from chattor.transport.tor.endpoint import Endpoint, at

_ANSWER_TIMEOUT: Final = 10.0  # s; a tor that is alive answers in milliseconds
_EVENT: Final = "650"
_OK: Final = "25"
"""How the codes of consent begin: 250, and 251 and 252 with something to remark."""

logging.getLogger("stem").setLevel(logging.WARNING)  # below that it logs what we send, and we send keys


class Refused(Exception):
    """Tor did not do what it was asked; the message is tor's."""


class Control:
    """One authenticated connection. One that owns its tor ends it by ending."""

    def __init__(self, where: Endpoint, heard: Callable[[events.Event], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard = heard
        self._gone = asyncio.Event()
        self._asked = queue.SimpleQueue[tuple[str, asyncio.Future[list[str]]]]()
        self._bell, self._ringer = socket.socketpair()
        self._socket = where.new_socket()
        try:
            self._socket.connect(where.address)
        except OSError:
            self._close_sockets()
            raise
        self._thread = threading.Thread(target=self._run, name="tor-control", daemon=True)
        self._thread.start()

    @classmethod
    async def connect(cls, path: Path, cookie: Path, heard: Callable[[events.Event], None]) -> "Control":
        """Connect, prove that we can read the cookie, own the process, ask for events.

        Raises OSError while tor does not listen yet, TorDown.
        """
        login = _login(cookie)

        async def own(control: Control) -> None:
            await control.ask(login)
            await control.ask("TAKEOWNERSHIP")

        return await cls.join(at(path), own, heard)

    @classmethod
    async def join(
        cls, where: Endpoint, log_in: Callable[["Control"], Awaitable[None]], heard: Callable[[events.Event], None]
    ) -> "Control":
        """Connect, log in, ask for events: with nothing more, tor does not end with the connection.

        Raises OSError while tor does not listen, TorDown, Refused and what `log_in` raises.
        """
        control = cls(where, heard)
        try:
            await log_in(control)
            await control.ask(f"SETEVENTS {' '.join(events.KINDS)}")
        except BaseException:
            await control.close()
            raise
        return control

    async def ask(self, command: str) -> list[str]:
        """Send one command and give the lines of its answer. Raises Refused, TorDown."""
        if self._gone.is_set():
            raise TorDown("tor closed its control connection")
        answer: asyncio.Future[list[str]] = self._loop.create_future()
        self._asked.put((command, answer))
        self._ringer.send(b"!")
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                return await answer
        except TimeoutError as error:
            raise TorDown("tor does not answer its control connection") from error

    async def info(self, keyword: str) -> list[str]:
        """`GETINFO keyword`: the lines of its value."""
        first, *_ = await self.ask(f"GETINFO {keyword}")
        return first.removeprefix(f"{keyword}=").split()

    async def ended(self) -> str:
        """Wait for the end of the connection; gives the reason."""
        await self._gone.wait()
        return "tor closed its control connection"

    async def close(self) -> None:
        """Let go of tor, which ends it; safe to repeat."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        await self._gone.wait()
        self._thread.join()  # it is past its last line of work
        self._close_sockets()

    def _close_sockets(self) -> None:
        for each in (self._socket, self._bell, self._ringer):
            each.close()

    def _run(self) -> None:
        waiting = deque[asyncio.Future[list[str]]]()
        with (
            contextlib.suppress(stem.ControllerError, OSError),  # either way it is the end, and `_end` tells
            self._socket.makefile("rb", buffering=0) as reader,
            self._socket.makefile("wb") as writer,
        ):
            self._talk(reader, writer, waiting)
        self._loop.call_soon_threadsafe(self._end, waiting)

    def _talk(self, reader: socket.SocketIO, writer: BufferedWriter, waiting: deque[asyncio.Future[list[str]]]) -> None:
        """Until the connection ends. Nothing is read ahead, so that a quiet socket means that nothing is left."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._bell in ready:
                    self._bell.recv(1)
                    command, answer = self._asked.get()
                    waiting.append(answer)
                    stem.socket.send_message(writer, command)
                if self._socket in ready:
                    self._deliver(stem.socket.recv_message(reader), waiting)

    def _deliver(self, message: stem.response.ControlMessage, waiting: deque[asyncio.Future[list[str]]]) -> None:
        content = message.content()
        code, lines = content[-1][0], [text for _, _, text in content]
        if code == _EVENT:
            event = events.parse(lines[0])
            if event is not None:
                self._loop.call_soon_threadsafe(self._heard, event)
        elif waiting:
            self._loop.call_soon_threadsafe(_settle, waiting.popleft(), code, lines)

    def _end(self, waiting: deque[asyncio.Future[list[str]]]) -> None:
        self._gone.set()
        while not self._asked.empty():
            waiting.append(self._asked.get()[1])
        for answer in waiting:
            if not answer.done():
                answer.set_exception(TorDown("tor closed its control connection"))


def _settle(answer: asyncio.Future[list[str]], code: str, lines: list[str]) -> None:
    if answer.done():  # nobody waits any more
        return
    if code.startswith(_OK):
        answer.set_result(lines)
    else:
        answer.set_exception(Refused(f"{code} {lines[-1]}"))


def _login(cookie: Path) -> str:
    return f"AUTHENTICATE {cookie.read_bytes().hex()}"
