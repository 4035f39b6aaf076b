"""Strict JSON: what any two parsers read alike, at a bounded cost.

UTF-8 only, no BOM, no NaN or infinity, no duplicate keys, no NUL or lone surrogate in a string, integers every reader
keeps exact. One pass over the line stops at the first mark too many, before any value is built. Source: RFC 8259, 7493.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Final

DEPTH_MAX: Final = 32
MARKS_MAX: Final = 1_024  # brackets and commas outside strings; a full batch of calls has under 300
INTEGER_MAX: Final = (1 << 53) - 1  # RFC 7493 §2.2

_MARK: Final = re.compile(rb'(?:[^"\[\]{},]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{},])', re.DOTALL)
_STEP: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1, b",": 0}


class Malformed(Exception):
    """This is no acceptable JSON."""


def parse(line: bytes) -> object:
    """One strict JSON value. Raises Malformed."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if text.startswith("\ufeff"):
        raise Malformed("a byte order mark does not belong here")
    _bound(line)
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg.lower()} at character {error.pos}") from None
    if "\\u" in text:
        _check_strings(value)
    return value


def _bound(line: bytes) -> None:
    depth = marks = at = 0
    while mark := _MARK.match(line, at):
        at, marks = mark.end(), marks + 1
        depth += _STEP[mark[1]]
        if depth > DEPTH_MAX:
            raise Malformed(f"nested deeper than {DEPTH_MAX}")
        if marks > MARKS_MAX:
            raise Malformed("too many values")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("a key appears twice in one object")
    return value


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(value := int(digits)) > INTEGER_MAX:
        raise Malformed("an integer is too large")
    return value


def _number(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise Malformed("a number is too large")
    return value


def _constant(name: str) -> object:
    raise Malformed(f"{name} is not JSON")


_decode: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_number, parse_constant=_constant
).decode


def _check_strings(value: object) -> None:
    for text in _strings(value):
        if "\0" in text:
            raise Malformed("a string contains NUL")
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise Malformed("a string contains half a surrogate pair")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
