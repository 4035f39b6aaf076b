"""Where a passphrase may come from, and what is refused (security §4, input 81)."""

import os
from pathlib import Path

import pytest

from chattor.daemon.passphrase import CREDENTIAL, Source, obtain
from chattor.errors import BadInput


def _file(tmp_path: Path, content: bytes, mode: int = 0o600) -> Path:
    path = tmp_path / "passphrase"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"correct horse", "correct horse"),
        (b"correct horse\n", "correct horse"),
        (b"correct horse\r\n", "correct horse"),
        ("dröög \n".encode(), "dröög "),
    ],
)
def test_a_file_gives_its_one_line(tmp_path: Path, content: bytes, passphrase: str) -> None:
    assert obtain(Source(file=_file(tmp_path, content))) == passphrase


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"two\nlines\n", "not one short line"),
        (b"correct horse\n\n", "not one short line"),
        (b"nul\0", "not one short line"),
        (b"x" * (1 << 20), "not one short line"),
        (b"caf\xe9", "not UTF-8"),
    ],
    ids=["empty", "newline", "lines", "two-newlines", "nul", "mebibyte", "latin-1"],
)
def test_input_81_what_is_no_passphrase_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        obtain(Source(file=_file(tmp_path, content)))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_others_can_read_is_refused_with_the_fix(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadInput, match="chmod 600"):
        obtain(Source(file=_file(tmp_path, b"correct horse", mode)))


def test_a_directory_a_device_and_nothing_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero"), tmp_path / "missing"):
        with pytest.raises(BadInput, match=str(path)):
            obtain(Source(file=path))


def test_a_pipe_is_read_as_shells_make_them(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, b"correct horse\n")
    os.close(write)
    assert obtain(Source(file=Path(f"/dev/fd/{read}"))) == "correct horse"
    os.close(read)


def test_a_descriptor_is_read_to_its_end_and_a_closed_one_is_refused(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, b"correct horse\n")
    os.close(write)
    assert obtain(Source(descriptor=read)) == "correct horse"
    with pytest.raises(BadInput, match=f"descriptor {read} cannot be read"):
        obtain(Source(descriptor=read))


def test_a_file_comes_before_a_descriptor_and_both_before_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / CREDENTIAL).write_bytes(b"from systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert obtain(Source()) == "from systemd"
    assert obtain(Source(file=_file(tmp_path, b"from a file"), descriptor=99)) == "from a file"
