"""Days as parameters of verbs."""

from datetime import datetime, time

import click

from chattor.clock import SystemClock
from chattor.errors import BadInput
from chattor.model.day import parse_day


class Day(click.ParamType[datetime]):
    """`2026-05-01`, `yesterday`, `monday` as the first moment of that day where the machine is."""

    name = "day"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read one. Fails as a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            today = datetime.fromtimestamp(SystemClock().wall() / 1000).astimezone().date()
            return datetime.combine(parse_day(value, today), time()).astimezone()
        except (BadInput, OverflowError, ValueError) as error:
            self.fail(str(error), param, ctx)
