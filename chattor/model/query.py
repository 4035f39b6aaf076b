"""What somebody looks for: one line of words, phrases, parts and filters, as a value. No I/O, no SQL.

    meet cafe       both, each as the beginning of a word, whatever case and accents
    "meet at"       exactly these words, in this order
    meet*           the beginning of a word, also of one letter
    *eet*           anywhere inside, at least three characters
    from:bob  from:me  before:2026-02  after:2026-01-31  in:news  in:*

in: looks for posts of that channel, or of all, in place of messages.
A date is a day, a month or a year and means its first moment. Whatever is none of these is looked for as it stands:
nothing a person types is an operator by accident.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from chattor.errors import BadInput

QUERY_MAX: Final = 1_000
"""Characters of a query."""
TERMS_MAX: Final = 32
"""Things looked for at once: each costs a walk through the index."""
PART_MIN: Final = 3
"""Characters of a part: what the index of substrings is made of."""

_TOKEN: Final = re.compile(r'(?P<filter>(?i:from|before|after|in)):(?:"(?P<said>[^"]+)"|(?P<bare>[^\s"]+))|'
                           r'"(?P<phrase>[^"]*)"|(?P<word>\S+)')  # fmt: skip
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_WORDS: Final = ("Co", "So")


class Kind(StrEnum):
    """How a term is to be found."""

    WORD = "the beginning of a word"
    PHRASE = "whole words, in order"
    PART = "anywhere"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for; a WORD of several, such as `can't`, begins the last of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """All of `terms` within all of the filters; days are the reader's own."""

    terms: tuple[Term, ...] = ()
    author: str | None = None
    """A friend as the user names him, or `me`."""
    before: date | None = None
    after: date | None = None
    channel: str | None = None

    @property
    def as_parts(self) -> "Query | None":
        """The same with every word found anywhere, or None if all are too short; a phrase stays what it is."""
        terms = tuple(_anywhere(one) for one in self.terms)
        return None if terms == self.terms else replace(self, terms=terms)


def parse(text: str) -> Query:
    """Read a query. Raises BadInput: nothing to look for, too much of it, no such day."""
    if len(text) > QUERY_MAX:
        raise BadInput(f"the query has {len(text):,} characters, {QUERY_MAX:,} are allowed")
    filters: dict[str, str] = {}
    terms: list[Term] = []
    for match in _TOKEN.finditer(_printable(text)):
        if match["filter"]:
            _once(filters, match["filter"].lower(), match["said"] or match["bare"])
        elif match["phrase"] is not None:
            terms += _term(Kind.PHRASE, match["phrase"])
        else:
            terms += _word(match["word"])
    if len(terms) > TERMS_MAX:
        raise BadInput(f"the query has {len(terms)} words, {TERMS_MAX} are allowed")
    if not terms and not filters:
        raise BadInput("there is nothing to search for: give a word, a “phrase”, from:, in:, before: or after:")
    return Query(
        terms=tuple(terms),
        author=filters.get("from"),
        before=_day(filters, "before"),
        after=_day(filters, "after"),
        channel=filters.get("in"),
    )


def is_part(query: Query) -> bool:
    """Whether anything is to be found inside of words: a matter of another index."""
    return any(one.kind is Kind.PART for one in query.terms)


def is_word(char: str) -> bool:
    """Whether the index of words takes a character for a part of one: letters, marks, digits, pictures."""
    category = unicodedata.category(char)
    return category[0] in "LNM" or category in _WORDS


def words_of(text: str) -> list[str]:
    """The words of a text, as the index cuts it."""
    return "".join(char if is_word(char) else " " for char in text).split()


def _anywhere(term: Term) -> Term:
    return Term(Kind.PART, term.text) if term.kind is Kind.WORD and len(term.text) >= PART_MIN else term


def _printable(text: str) -> str:
    """Composed, and without what ends a text early or cannot be stored: NUL and lone surrogates separate words."""
    whole = "".join(" " if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text)
    return unicodedata.normalize("NFC", whole)


def _once(filters: dict[str, str], name: str, value: str) -> None:
    if name in filters:
        raise BadInput(f"{name}: stands twice in the query")
    filters[name] = value


def _word(raw: str) -> list[Term]:
    """A word as typed, with the stars that say how much of it is meant; quotation marks left over mean nothing."""
    bare = raw.replace('"', "")
    inner = bare.strip("*")
    if bare.startswith("*") and inner:
        if len(inner) < PART_MIN:
            raise BadInput(f"*{inner}* is too short: a part needs at least {PART_MIN} characters")
        return [Term(Kind.PART, inner)]
    begins = bare.endswith("*") or len(inner) > 1 or not inner.isascii()
    return _term(Kind.WORD if begins else Kind.PHRASE, inner)


def _term(kind: Kind, text: str) -> list[Term]:
    """Nothing for what holds no word, unless it can be found as a part: `:-)`."""
    if any(map(is_word, text)):
        return [Term(kind, text)]
    text = text.strip()
    return [Term(Kind.PART, text)] if len(text) >= PART_MIN else []


def _day(filters: dict[str, str], name: str) -> date | None:
    if name not in filters:
        return None
    match = _DATE.fullmatch(filters[name])
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else _no_day(name)
    except ValueError:
        return _no_day(name)


def _no_day(name: str) -> date:
    raise BadInput(f"{name}: needs a day such as 2026-01-31, a month or a year")
