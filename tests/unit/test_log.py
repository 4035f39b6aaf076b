"""The log: private, small, and of no use against its owner."""

import base64
import logging
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.crypto.keys import SigningKey
from chattor.log import FILE_BYTES, SAME_SHOWN, logging_to, redact
from chattor.model.address import OnionAddress
from chattor.protocol.friend_code import FriendCode

LOG = logging.getLogger("chattor.test")
KEY = bytes(range(100, 132))
CODE = FriendCode(SigningKey(KEY).public, KEY[:16])


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A log being written, from level info."""
    with logging_to(tmp_path / "log" / "chattor.log", "info"):
        yield tmp_path / "log" / "chattor.log"


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def test_a_line_tells_when_how_bad_who_and_what(file: Path) -> None:
    LOG.warning("tor %s after %d s", "restarted", 3)
    (line,) = lines(file)
    when, _, rest = line.partition(" ")
    assert len(when) == len("2026-01-02T03:04:05.678+00:00")
    assert when.endswith("+00:00")
    assert rest == "warning chattor.test: tor restarted after 3 s"


def test_levels(file: Path) -> None:
    LOG.debug("hidden")
    LOG.info("shown")
    logging.getLogger("stem").info("a library, hidden")
    logging.getLogger("asyncio").warning("a library, shown")
    assert [line.partition(": ")[2] for line in lines(file)] == ["shown", "a library, shown"]


def test_s7_file_and_directory_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with logging_to(tmp_path / "log" / "chattor.log", "info"):
            for number in range(3 * FILE_BYTES // 900):
                LOG.info(f"{number} " + "x " * 450)
    finally:
        os.umask(before)
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "log").iterdir()}
    assert found == {"chattor.log": 0o600, "chattor.log.1": 0o600, "chattor.log.2": 0o600}
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o700


def test_it_never_takes_more_than_three_megabytes(tmp_path: Path) -> None:
    with logging_to(tmp_path / "chattor.log", "info"):
        for number in range(5 * FILE_BYTES // 900):
            LOG.info(f"{number} " + "x " * 450)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3 * FILE_BYTES
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        (CODE.encode(), "⟨friend code⟩"),
        (CODE.encode().upper(), "⟨friend code⟩"),
        (CODE.uri(), "chattor:⟨friend code⟩"),
        (CODE.encode()[:40], "⟨friend code⟩"),
        (str(OnionAddress(CODE.onion_pk)), "⟨onion⟩"),
        (str(OnionAddress(CODE.onion_pk))[:56], "⟨onion⟩"),
        (f"http://{OnionAddress(CODE.onion_pk)}:9735/", "http://⟨onion⟩:9735/"),
        (KEY.hex(), "⟨hex⟩"),
        (KEY[:16].hex(), "⟨hex⟩"),
        (KEY.hex(":"), "⟨hex⟩"),
        (f"x'{KEY.hex().upper()}'", "x'⟨hex⟩'"),
        (base64.b64encode(KEY).decode(), "⟨base64⟩"),
        (base64.urlsafe_b64encode(KEY + KEY).decode(), "⟨base64⟩"),
        (f"ED25519-V3:{base64.b64encode(KEY + KEY).decode()}", "ED25519-V3:⟨base64⟩"),
        (repr(KEY), "⟨bytes⟩"),
        (repr([KEY, b'it\'s "9"']), "[⟨bytes⟩, ⟨bytes⟩]"),
    ],
)
def test_s6_secrets_are_redacted_in_messages_arguments_and_tracebacks(file: Path, secret: str, shown: str) -> None:
    LOG.warning("about %s.", secret)
    try:
        raise ValueError(f"bad value {secret}.")
    except ValueError:
        LOG.exception("it failed")
    text = file.read_text()
    assert secret not in text
    assert f"about {shown}." in text
    assert f"ValueError: bad value {shown}." in text


@given(st.binary(min_size=32, max_size=32))
def test_s6_no_key_survives_in_any_usual_spelling(key: bytes) -> None:
    for spelling in (key.hex(), key.hex(":"), repr(key), str(OnionAddress(key)), FriendCode(key, key[:16]).encode()):
        assert spelling[:24] not in redact(f"the key {spelling} was seen")


@pytest.mark.parametrize(
    "text",
    [
        "f12 m3 link up after 0.4 s, 1,024 bytes",
        '  File "/usr/lib/python3.11/asyncio/base_events.py", line 1911, in _run_once',
        "chattor.store.database.Database._next_group_of_waiting_jobs raised StoreFailed",
        "2026-01-02T03:04:05.678+00:00",
        "Bootstrapped 45% (requesting_descriptors): Asking for relay descriptors",
    ],
)
def test_ordinary_lines_are_left_alone(text: str) -> None:
    assert redact(text) == text


def test_input_119_a_line_cannot_forge_another_or_steer_a_terminal(file: Path) -> None:
    LOG.warning("hello\n2026-01-01 error chattor: forged \x1b[2J\u202e")
    (line,) = lines(file)
    assert line.endswith("hello␊2026-01-01 error chattor: forged ␛[2J⟨U+202E⟩")


def test_a_traceback_is_indented_below_its_line(file: Path) -> None:
    try:
        raise ValueError("evil\n2026-01-01 error chattor: forged")
    except ValueError:
        LOG.exception("it failed")
    first, *rest = lines(file)
    assert first.endswith("error chattor.test: it failed")
    assert all(line.startswith("    ") for line in rest)
    assert rest[-1].strip().endswith("forged")


@pytest.mark.parametrize("giant", ["x y", "aB3", CODE.encode() + " ", "a1"], ids=["words", "mixed", "codes", "hex"])
def test_a_giant_line_is_cut_at_once(file: Path, giant: str) -> None:
    LOG.warning(giant * (1_000_000 // len(giant)))
    assert file.stat().st_size < 5_000
    assert CODE.encode()[:20] not in file.read_text()


def test_what_repeats_is_counted_instead(file: Path) -> None:
    for number in range(1_000):
        LOG.warning("dial failed: %d", number)
    LOG.warning("another kind")
    assert [line.partition(": ")[2] for line in lines(file)] == [
        *(f"dial failed: {number}" for number in range(SAME_SHOWN)),
        "another kind",
    ]


@pytest.mark.parametrize("later", [61.0, -61.0], ids=["a_minute_later", "the_clock_went_back"])
def test_a_minute_later_the_count_is_told(file: Path, later: float) -> None:
    for _ in range(25):
        LOG.warning("dial failed")
    record = LOG.makeRecord(LOG.name, logging.WARNING, "", 0, "dial failed", (), None)
    record.created += later
    LOG.handle(record)
    assert lines(file)[-1].endswith("dial failed [20 more of these before]")


def test_warnings_of_python_go_to_the_log(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("something old", DeprecationWarning, stacklevel=1)
    assert "something old" in file.read_text()
    assert capfd.readouterr().err == ""


def test_r3_a_full_disk_loses_lines_and_says_nothing_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Path("/dev/full"), "info"):
        LOG.warning("lost")
    assert capfd.readouterr() == ("", "")


def test_a_log_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "chattor.log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic link"), logging_to(tmp_path / "chattor.log", "info"):
        LOG.warning("x")
    assert (tmp_path / "victim").read_text() == "precious"


def test_afterwards_everything_is_as_it_was(tmp_path: Path) -> None:
    root, ours = logging.getLogger(), logging.getLogger("chattor")
    before = (list(root.handlers), ours.level)
    with logging_to(tmp_path / "chattor.log", "debug"):
        assert ours.level == logging.DEBUG
    assert (list(root.handlers), ours.level) == before
