"""The desktop as it is: a session bus with a service on it, and osascript as a real process."""

import re
from pathlib import Path

import pytest

from chattor.notify import desktop
from chattor.notify.decide import Notification
from tests.support.desktop import FAILS, HANGS, Desktop, Shown
from tests.support.desktop import desktop as desktop_with
from tests.support.hostile import HOSTILE
from tests.support.recorder import Recorder

HELLO = Notification(headline="New message", about="x")


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setenv("PATH", str(tmp_path))
    recorder = Recorder(tmp_path)
    recorder.install("osascript", "open(__file__ + '.stdin', 'a').write(sys.stdin.read() + chr(10))")
    return recorder


def test_it_is_shown_with_its_urgency(shows: Desktop) -> None:
    assert desktop.show(Notification(headline="--print-id", text="--wait", about="x"), "linux")
    assert desktop.show(Notification(headline="Alarm", about="x", urgent=True), "linux")
    assert shows.shown == [Shown("chattor", "--print-id", "--wait", 1), Shown("chattor", "Alarm", "", 2)]


def test_markup_is_shown_as_it_was_written(shows: Desktop) -> None:
    assert desktop.show(Notification(headline="a <b>", text=r"<img src=x> & \033[0m", about="x"), "linux")
    assert shows.shown[0][1:3] == ("a <b>", r"&lt;img src=x&gt; &amp; \033[0m")


@pytest.mark.parametrize("answers", [FAILS, HANGS])
def test_a_desktop_that_does_not_work_is_given_up(answers: str) -> None:
    with desktop_with(answers) as shows:
        assert not desktop.show(HELLO, "linux")
    assert len(shows.shown) == 1


@pytest.mark.parametrize("address", ["", "nonsense", "tcp:host=127.0.0.1,port=1", "unix:path=/nowhere/bus"])
def test_without_a_bus_on_this_machine_nothing_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert not desktop.show(HELLO, "linux")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not desktop.show(HELLO, "linux")


@pytest.mark.parametrize("payload", ["hello", *HOSTILE.values()], ids=["harmless", *HOSTILE])
def test_a_script_has_texts_as_numbers_and_arguments_have_none(payload: str, script: Recorder) -> None:
    said = payload.encode(errors="replace").decode()
    assert desktop.show(Notification(headline="Hi", text=said, about="x"), "darwin")
    assert script.calls("osascript") == [["-"]]
    source = (script.directory / "osascript.stdin").read_text().strip()
    shape = re.fullmatch(r"display notification \(string id {([\d, ]*)}\) with title \(string id {([\d, ]*)}\)", source)
    assert shape
    text, title = ("".join(chr(int(number)) for number in group.split(", ")) for group in shape.groups())
    assert (text, title) == (said, "chattor: Hi")


def test_without_osascript_nothing_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not desktop.show(HELLO, "darwin")
