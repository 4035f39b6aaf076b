"""The check tells what it saw, stops at the first failure, and cannot be green without having run."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chattor.demo.check import Result
from chattor.demo.run import run_check
from chattor.demo.steps import STEPS
from chattor.demo.story import Step, Story, Surprise
from chattor.errors import TimedOut


async def _fine(_: Story) -> str:
    return "all well"


async def _surprised(_: Story) -> str:
    raise Surprise("two of one")


async def _late(_: Story) -> str:
    raise TimedOut("waited 3 s for a sign")


async def _broken(_: Story) -> str:
    raise KeyError("nobody")


def _run(*steps: Step) -> tuple[int, list[Result], list[str]]:
    """A check of a world in which nothing was started: its exit code, what it told, what it said."""
    told: list[Result] = []
    said: list[str] = []
    return run_check(told.append, said.append, steps), told, said


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where worlds are made: with a short name, because sockets are in it."""
    with tempfile.TemporaryDirectory(prefix="ct") as directory:
        monkeypatch.setenv("TMPDIR", directory)
        monkeypatch.setattr("tempfile.tempdir", None)  # the library remembers where it was last
        yield Path(directory)


def test_when_every_step_holds_nothing_is_left(temporary: Path) -> None:
    code, told, said = _run(Step("one", "the first", _fine), Step("two", "the second", _fine))
    assert (code, said) == (0, [])
    assert [(each.step, each.ok, each.seen) for each in told] == [("one", True, "all well"), ("two", True, "all well")]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("act", "seen"),
    [(_surprised, "two of one"), (_late, "waited 3 s for a sign"), (_broken, "KeyError: 'nobody'")],
    ids=["surprise", "error", "defect"],
)
def test_the_first_failure_ends_it_and_keeps_the_files(temporary: Path, act: type, seen: str) -> None:
    code, told, (said,) = _run(Step("one", "fine", _fine), Step("two", "not", act), Step("three", "never", _fine))
    assert code == 1
    assert [(each.step, each.ok, each.seen) for each in told] == [("one", True, "all well"), ("two", False, seen)]
    (kept,) = temporary.iterdir()
    assert str(kept) in said


def test_a_result_says_step_time_and_what_was_seen() -> None:
    result = Result(step="talk", what="100 messages", ok=False, seconds=1.25, seen="99")
    assert str(result) == "FAILED   1.2 s  talk       100 messages: 99"


def test_the_life_cycle_has_every_step_once() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    promised = "init add accept talk wait read search post retract crash away back sync restart stranger"
    assert {*promised.split(), "at rest"} <= set(names)
