"""Rungs that are tried in order, until one breaks."""

from collections.abc import Awaitable, Callable, Mapping

from chattor.errors import ChattorError
from chattor.model.doctor import Diagnosis, Rung

Step = Callable[[], Awaitable[str]]
"""Tries one thing and tells what it found. Raises Broken, or whatever error comes of it."""


class Broken(Exception):
    """What does not hold, and what to do about it."""

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(detail)
        self.advice = advice


async def climb(steps: Mapping[str, Step], now: Callable[[], float]) -> Diagnosis:
    """Try one after the other; what stands above a broken one is named, and not tried."""
    rungs: list[Rung] = []
    for name, step in steps.items():
        if rungs and not rungs[-1].ok:
            rungs.append(Rung(name=name, ok=None, seconds=None, detail="not tried"))
        else:
            rungs.append(await _try(name, step, now))
    return Diagnosis(ok=all(rung.ok for rung in rungs), rungs=rungs)


async def _try(name: str, step: Step, now: Callable[[], float]) -> Rung:
    began, ok, advice = now(), False, ""
    try:
        detail, ok = await step(), True
    except Broken as broken:
        detail, advice = str(broken), broken.advice
    except ChattorError as error:
        detail, advice = str(error), error.hint
    return Rung(name=name, ok=ok, seconds=round(now() - began, 3), detail=detail, advice=advice)
