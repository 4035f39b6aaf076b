"""The human form of the life of a message."""

from collections.abc import Iterator, Sequence

from chattor.cli.output import cell, exactly, table
from chattor.cli.show import Page
from chattor.model.trace import TraceStep


def trace(value: Sequence[TraceStep], page: Page) -> Iterator[str]:
    """One step a row."""
    return table(["AT", "STEP", "DETAIL"], [[exactly(one.at), one.step, _happened(one)] for one in value], page.ink)


def _happened(one: TraceStep) -> str:
    again = "" if one.until is None else f" ({one.times} times until {exactly(one.until)})"
    return f"{cell(one.detail, 200)}{again}".strip()
