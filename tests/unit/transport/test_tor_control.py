"""The control connection: one thread, answers in order, and an end that everybody hears of."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chattor.errors import TorDown
from chattor.transport.tor import process, torrc
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.events import Event, Liveness
from chattor.transport.tor.places import Places, write_private
from tests.support.tor import ToyTor

SECRET = "c2VjcmV0IGtleSBvZiBhbiBvbmlvbg"


@pytest_asyncio.fixture
async def toy(short_path: Path) -> AsyncIterator[ToyTor]:
    toy = ToyTor(short_path)
    async with await toy.start():
        yield toy


class Keep(logging.Handler):
    """Keeps whatever is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


async def connect(toy: ToyTor, heard: list[Event] | None = None) -> Control:
    return await Control.connect(toy.socket, toy.cookie, ([] if heard is None else heard).append)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("tor")}


async def test_it_proves_itself_and_owns_tor_before_anything_else(toy: ToyTor) -> None:
    control = await connect(toy)
    assert toy.asked == [
        f"AUTHENTICATE {'00' * 32}",
        "TAKEOWNERSHIP",
        "SETEVENTS STATUS_CLIENT STATUS_GENERAL HS_DESC NETWORK_LIVENESS SIGNAL",
    ]
    assert threads() == {"tor-control"}
    await control.close()
    await control.close()
    assert threads() == set()


async def test_answers_go_to_who_asked_and_events_to_who_listens(toy: ToyTor) -> None:
    toy.answers |= {"GETINFO one": "250-one=1\r\n250 OK", "GETINFO many": "250+many=\r\na\r\nb\r\n.\r\n250 OK"}
    heard: list[Event] = []
    control = await connect(toy, heard)
    toy.tell("NETWORK_LIVENESS UP")
    toy.tell("SOMETHING NEW")
    one, many, ok = await asyncio.gather(control.info("one"), control.info("many"), control.ask("SIGNAL ACTIVE"))
    assert (one, many, ok) == (["1"], ["a", "b"], ["OK"])
    assert heard == [Liveness(up=True)]
    await control.close()


async def test_a_refusal_is_told_in_tor_s_words_and_harms_nothing_else(toy: ToyTor) -> None:
    toy.answers["ADD_ONION"] = "512 Unrecognized keyword argument"
    control = await connect(toy)
    with pytest.raises(Refused, match="512 Unrecognized keyword argument"):
        await control.ask("ADD_ONION")
    assert await control.ask("SIGNAL ACTIVE") == ["OK"]
    await control.close()


async def test_an_answer_nobody_waits_for_is_not_taken_for_the_next_one(
    toy: ToyTor, caplog: pytest.LogCaptureFixture
) -> None:
    toy.answers |= {"GETINFO one": "250-one=1\r\n250 OK", "GETINFO two": "250-two=2\r\n250 OK"}
    control = await connect(toy)
    asking = asyncio.create_task(control.info("one"))
    await asyncio.sleep(0)
    asking.cancel()
    assert await control.info("two") == ["2"]
    assert caplog.records == []
    await control.close()


async def test_the_end_is_heard_by_all_who_wait_and_who_come_later(toy: ToyTor) -> None:
    toy.answers["GETINFO"] = ""
    control = await connect(toy)
    waiting = asyncio.create_task(control.info("anything"))
    await toy.was_asked("GETINFO")
    toy.hang_up()
    assert "closed" in await control.ended()
    with pytest.raises(TorDown):
        await waiting
    with pytest.raises(TorDown):
        await control.ask("SIGNAL ACTIVE")
    await control.close()


@pytest.mark.parametrize("nonsense", ["hello", "999", "250 no line end", "\0\xff"])
async def test_nonsense_ends_the_connection(toy: ToyTor, nonsense: str) -> None:
    toy.answers["GETINFO"] = f"{nonsense}\n250 OK"
    control = await connect(toy)
    with pytest.raises(TorDown):
        await control.info("anything")
    await control.ended()
    await control.close()


async def test_a_wrong_cookie_is_refused_and_leaves_nothing_running(toy: ToyTor) -> None:
    toy.answers["AUTHENTICATE"] = "515 Authentication failed"
    with pytest.raises(Refused, match="Authentication failed"):
        await connect(toy)
    assert threads() == set()


async def test_nobody_there_is_an_os_error(short_path: Path) -> None:
    (short_path / "cookie").write_bytes(bytes(32))
    with pytest.raises(FileNotFoundError):
        await Control.connect(short_path / "control", short_path / "cookie", print)
    with pytest.raises(FileNotFoundError):
        await Control.connect(short_path / "control", short_path / "no cookie", print)


async def test_what_we_send_is_in_no_log(toy: ToyTor) -> None:
    handler = Keep(level=0)
    for name in ("", "stem", "asyncio"):
        logging.getLogger(name).addHandler(handler)
    try:
        control = await connect(toy)
        await control.ask(f"ADD_ONION ED25519-V3:{SECRET}")
        await control.close()
    finally:
        for name in ("", "stem", "asyncio"):
            logging.getLogger(name).removeHandler(handler)
    assert toy.asked[-1].endswith(SECRET)
    assert [record for record in handler.records if SECRET in record.getMessage()] == []


async def test_a_real_tor_ends_when_we_let_go(short_path: Path) -> None:
    places = Places(data=short_path, runtime=short_path)
    write_private(places.torrc, torrc.client(places, owner=os.getpid(), extra="DisableNetwork 1"))
    tor = await process.TorProcess.start(process.find("tor"), places.torrc)
    control = None
    while control is None:
        try:
            control = await Control.connect(places.control, places.cookie, lambda event: None)
        except OSError:
            await asyncio.sleep(0.01)
    assert await control.info("process/pid") == [str(tor.pid)]
    assert await control.info("onions/current") == []
    await control.close()
    await tor.ended()
