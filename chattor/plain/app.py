"""One run of the line mode: comes by a node, then reads and says lines until the user leaves or the node ends."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from chattor.api import Api, Gateway
from chattor.errors import ChattorError, Locked, NoDaemon, UsageError
from chattor.model.events import Event
from chattor.plain import words
from chattor.plain.commands import Refusal, completions, parse
from chattor.plain.desk import Desk
from chattor.plain.lines import Lines
from chattor.plain.news import News
from chattor.plain.options import Options
from chattor.plain.talk import Talk
from chattor.plain.words import Voice
from chattor.words import ending, sentence

GATHER: Final = 0.1  # s in which events that come together are told together
LOOK_AT_LOCK: Final = 0.5  # s between looks whether a locked node is open again
_INTERRUPTED: Final = 130
_GREETING: Final = "chattor in lines. /help lists the commands, Ctrl+D leaves."


def run(gateway: Gateway, options: Options) -> int:
    """Run until the user leaves; the exit code of the process. Raises what coming by the node raises."""
    return asyncio.run(_run(gateway, options))


async def _run(gateway: Gateway, options: Options) -> int:
    try:
        api, hosting = await _arrive(gateway, options)
        return await Client(gateway, api, options, hosting=hosting).run()
    finally:
        await gateway.close()


async def _arrive(gateway: Gateway, options: Options) -> tuple[Api, bool]:
    """The node that runs, or one of our own; nothing else runs here yet, so asking may block."""
    state = await gateway.probe()
    if state.running:
        api = await gateway.attach()
        if (await api.status()).locked:
            await api.unlock(options.ask_passphrase(False))
        return api, False
    if state.exists:
        return await gateway.unlock(options.ask_passphrase(False)), True
    return await gateway.create(options.ask_name(), options.ask_passphrase(True)), True


class Client:
    """The loop around `Talk` and `News`."""

    def __init__(self, gateway: Gateway, api: Api, options: Options, *, hosting: bool) -> None:
        self._gateway = gateway
        self._api = api
        self._options = options
        self._hosting = hosting
        self._desk = Desk(api, Voice(now=options.now, zone=options.zone, color=options.color))
        self._talk = Talk(self._desk)
        self._news = News(self._desk)
        self._lines = Lines(options.environment, lambda begun: completions(begun, self._desk.names))
        self._turn = asyncio.Lock()
        self._inbox: list[Event] = []
        self._came = asyncio.Event()
        self._failed = 0

    async def run(self) -> int:
        """The exit code. Events are asked for first: whatever comes after the first look is told."""
        try:
            return await self._until_first(self._follow(), self._converse(), self._tell(), self._asked_to_stop())
        finally:
            self._lines.restore()

    async def _until_first(self, *parts: Coroutine[object, object, int]) -> int:
        """The parts run side by side; the first to end tells how it ended, a signal too."""
        tasks = [asyncio.create_task(part) for part in parts]
        signalled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        with _signals(signalled):
            done, _ = await asyncio.wait([*tasks, signalled], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return done.pop().result()

    # The user

    async def _converse(self) -> int:
        async with self._turn:
            await self._greet()
        while True:
            line = await self._lines.read(self._talk.prompt)
            if line is not None:
                await self._take(line)
            if (line is None or self._talk.leaving) and await self._may_leave():
                return 0 if self._lines.is_terminal else self._failed

    async def _greet(self) -> None:
        await self._desk.look()
        status = await self._api.status()
        self._news.tor = status.tor.phase
        if self._lines.is_terminal:
            self._lines.say(_GREETING, words.tor(status.tor), words.state(status))
        if self._options.friend:
            self._lines.say(*await self._talk.open(self._options.friend))

    async def _take(self, line: str) -> None:
        said = parse(line)
        if said is None:
            return
        if isinstance(said, Refusal):
            self._lines.say(said.why)
            self._failed = self._failed or UsageError.exit_code
            return
        async with self._turn:  # what follows from it is said after it
            try:
                self._lines.say(*await self._talk.do(said))
            except ChattorError as error:
                self._lines.say(sentence(error))
                self._failed = self._failed or error.exit_code

    async def _may_leave(self) -> bool:
        """Asked only where the node ends with us and somebody is there to answer."""
        self._talk.leaving = False
        if not (self._hosting and self._lines.is_terminal):
            return True
        self._lines.say(" ".join(ending((await self._api.status()).outbox, self._gateway.profile)))
        answer = await self._lines.read("Quit? Type y to quit: ")
        return answer is None or answer.strip().lower() in ("y", "yes")

    # The node

    async def _follow(self) -> int:
        """What happens, for as long as the node runs; what comes while it is locked is told afterwards by /unread."""
        while True:
            try:
                await self._listen()
            except Locked:
                self._lines.say("The profile was locked. `chattor unlock` opens it again.")
                await self._until_unlocked()
                self._lines.say("The profile is unlocked. /unread tells what came meanwhile.")
                continue
            except NoDaemon:
                pass  # said below: it ends without a word or with this one
            if not self._hosting:
                self._lines.say_last("The node has stopped. Start it again with `chattor --daemon`, or run `chattor`.")
                return NoDaemon.exit_code
            await asyncio.Event().wait()  # `_asked_to_stop` tells

    async def _until_unlocked(self) -> None:
        while (await self._api.status()).locked:  # noqa: ASYNC110  to those it keeps out a node tells nothing
            await asyncio.sleep(LOOK_AT_LOCK)

    async def _listen(self) -> None:
        async for event in self._api.events():
            self._inbox.append(event)
            self._came.set()

    async def _tell(self) -> NoReturn:
        """What came together, together, and not between a command and its answer."""
        while True:
            await self._came.wait()
            await asyncio.sleep(GATHER)
            self._came.clear()
            async with self._turn:
                events, self._inbox = self._inbox, []
                try:
                    self._lines.say(*await self._news.lines(events))
                except ChattorError as error:
                    self._lines.say(sentence(error))

    async def _asked_to_stop(self) -> int:
        if not self._hosting:
            await asyncio.Event().wait()
        await self._gateway.asked_to_stop()
        self._lines.say_last("The node that ran here was asked to stop.")
        return 0


@contextmanager
def _signals(ended: "asyncio.Future[int]") -> Iterator[None]:
    """A signal is a way to leave: the node is closed in order."""

    def came(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    loop = asyncio.get_running_loop()
    codes = {signal.SIGINT: _INTERRUPTED, signal.SIGTERM: 0, signal.SIGHUP: 0}
    for number, code in codes.items():
        loop.add_signal_handler(number, came, code)
    try:
        yield
    finally:
        for number in codes:
            loop.remove_signal_handler(number)
