"""Whoever looks for secrets on disk must be able to find them."""

import os
from pathlib import Path

from chattor.demo.remains import search


def test_a_secret_is_found_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    hidden = tmp_path / "deep" / "er" / ".hidden"
    hidden.write_bytes(os.urandom(100) + b"secret" + os.urandom(100))
    (tmp_path / "clean").write_bytes(b"nothing")
    assert search((tmp_path,), {"it": b"secret", "other": b"absent"}) == [f"it in {hidden}"]


def test_sockets_and_links_are_passed_by(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert search((tmp_path,), {"a name": b"root"}) == []
