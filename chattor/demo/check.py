"""The check: steps in order, each timed, each with what it saw; the first that fails ends it.

What the steps are is `steps.STEPS`. Nothing is reported that was not just done by real programs.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from msgspec import Struct

from chattor.clock import SystemClock
from chattor.demo.story import Step, Story, Surprise
from chattor.errors import ChattorError

_CLOCK: Final = SystemClock()


class Result(Struct, frozen=True, kw_only=True):
    """What became of one step; `seconds` is the time it took."""

    step: str
    what: str
    ok: bool
    seconds: float
    seen: str

    def __str__(self) -> str:
        state = "ok" if self.ok else "FAILED"
        return f"{state:<6} {self.seconds:5.1f} s  {self.step:<10} {self.what}: {self.seen}"


async def check(story: Story, steps: Sequence[Step]) -> AsyncIterator[Result]:
    """Do the steps up to the first failure."""
    for step in steps:
        began = _CLOCK.monotonic()
        ok, seen = await _do(step, story)
        seconds = round(_CLOCK.monotonic() - began, 2)
        yield Result(step=step.name, what=step.what, ok=ok, seconds=seconds, seen=seen)
        if not ok:
            return


async def _do(step: Step, story: Story) -> tuple[bool, str]:
    try:
        return True, await step.act(story)
    except (ChattorError, Surprise) as failure:
        return False, str(failure)
    except Exception as defect:  # noqa: BLE001  the root of a step: whatever happened is what was seen
        return False, f"{type(defect).__name__}: {defect}"
