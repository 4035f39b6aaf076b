"""Lengths of time as parameters of verbs."""

import click

from chattor.config.duration import parse_duration


class Period(click.ParamType[int | None]):
    """`90s`, `5m`, `1h`, `7d` as seconds; the word `off`, if there is one, is None."""

    name = "duration"

    def __init__(self, off: str = "") -> None:
        self._off = off

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """Read one. Fails as a usage error."""
        if isinstance(value, int):
            return value
        try:
            return None if value == self._off else parse_duration(value)
        except ValueError as error:
            self.fail(f"{value}: {error}", param, ctx)
