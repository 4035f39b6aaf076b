"""tmux as a real process: what it was asked, and what happens if it fails or hangs."""

from pathlib import Path

import pytest

from chattor.notify.tmux import tmux_passes
from tests.support.recorder import Recorder


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Recorder(tmp_path)


@pytest.mark.parametrize(("says", "passes"), [("on", True), ("all", True), ("off", False), ("", False)])
def test_tmux_is_asked_about_our_pane(says: str, passes: bool, path: Recorder) -> None:
    path.install("tmux", f"print({says!r})")
    assert tmux_passes({"TMUX": "x", "TMUX_PANE": "%3"}) is passes
    assert path.calls("tmux") == [["show-options", "-A", "-p", "-v", "-t", "%3", "allow-passthrough"]]


@pytest.mark.parametrize("more", ["sys.exit(1)", "time.sleep(60)"], ids=["fails", "hangs"])
def test_one_that_does_not_answer_passes_nothing(more: str, path: Recorder) -> None:
    path.install("tmux", more)
    assert not tmux_passes({"TMUX": "x"})


def test_without_a_tmux_to_ask_nothing_passes(path: Recorder) -> None:
    assert not tmux_passes({"TMUX": "x"})
