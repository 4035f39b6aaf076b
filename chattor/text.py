"""`safe_text` and its relatives: every string from outside passes here at ingest and again at render.

Pure functions of strings (terminal page 2, hostile inputs 106–119). What a terminal would obey or hide becomes
visible; what a person wrote stays as it is: accents, every script, emoji families. Names are stricter than text.
Cleaning twice is cleaning once.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from chattor.errors import BadInput

NAME_MAX: Final = 32  # characters of a name, here and on the wire
MARKS_MAX: Final = 8  # combining marks on one base; no language needs more than five
EMPTY_LINES_MAX: Final = 20  # in a row, before they are counted instead of shown

_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_EMPTY_LINES: Final = re.compile(rf"\n(?:[^\S\n]*+\n){{{EMPTY_LINES_MAX},}}+")
_SPACES: Final = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BLANK: Final = "\u2800"  # braille without a dot: has a width, shows nothing

# Printable to Python, drawn as nothing: fillers, grapheme joiner, Khmer and Mongolian selectors.
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
# Format characters that are drawn: number and verse signs of Arabic, Syriac, Kaithi.
_DRAWN: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

# Skin tones are measured as nothing and drawn in two cells, unless an Emoji_Modifier_Base (UTS #51) wears them.
_TONES: Final = "\U0001f3fb-\U0001f3ff"
_WEARS_TONES: Final = (
    "\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c2-\U0001f3c4\U0001f3c7\U0001f3ca-\U0001f3cc\U0001f442\U0001f443"
    "\U0001f446-\U0001f450\U0001f466-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487\U0001f48f"
    "\U0001f491\U0001f4aa\U0001f574\U0001f575\U0001f57a\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647"
    "\U0001f64b-\U0001f64f\U0001f6a3\U0001f6b4-\U0001f6b6\U0001f6c0\U0001f6cc\U0001f90c\U0001f90f"
    "\U0001f918-\U0001f91f\U0001f926\U0001f930-\U0001f939\U0001f93c-\U0001f93e\U0001f977\U0001f9b5\U0001f9b6"
    "\U0001f9b8\U0001f9b9\U0001f9bb\U0001f9cd-\U0001f9cf\U0001f9d1-\U0001f9dd\U0001fac3-\U0001fac5\U0001faf0-\U0001faf8"
)

# Hidden characters with a place in sequences; anywhere else they are marked.
_HIDDEN: Final = "\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef" + _TONES
_ANY_HIDDEN: Final = re.compile(f"[{_HIDDEN}]")
_LOOSE_END: Final = re.compile(f"[{_HIDDEN}]+$")
_EMOJI: Final = (
    f"(?:[{_WEARS_TONES}]\ufe0f?[{_TONES}]|(?![{_TONES}])"
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])[\ufe0e\ufe0f]?"
)
_FLAG: Final = "(?:gbeng|gbsct|gbwls)".translate({code: 0xE0000 + code for code in b"abcdefghijklmnopqrstuvwxyz"})
_IDEOGRAPH: Final = "[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_VIRAMA: Final = "[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2]"
_ARABIC: Final = "[\u0620-\u074f\u0750-\u077f\u08a0-\u08ff]"
# What each Latin letter is mistaken for, in either case. Every upright stroke counts as one letter.
_LOOK_ALIKES: Final = {
    "a": "аАαΑɑᴀ",
    "b": "ьЬвВβΒʙƅ",
    "c": "сСϲϹᴄ",
    "d": "ԁԀɗᴅ",
    "e": "еЕεΕɛᴇ",
    "g": "ɡɢց",
    "h": "һҺнНΗհʜ",
    "j": "јЈϳᴊ",
    "k": "кКκΚᴋ",
    "l": "IiіІιΙıɪӏӀ1|ℓłŁʟ",
    "m": "мМΜᴍ",
    "n": "ηνΝпոɴ",
    "o": "оОοΟσօՕ0øØᴏ",
    "p": "рРρΡᴘ",
    "q": "ԛԚզ",
    "r": "гʀ",
    "s": "ѕЅտꜱ",
    "t": "тТτΤᴛ",
    "u": "υսᴜ",
    "v": "ѵѴᴠ",
    "w": "ԝԜωᴡ",
    "x": "хХχΧ",
    "y": "уУγΥʏ",
    "z": "ΖᴢƶƵ",
}
_ALIKE: Final = {ord(other): latin for latin, others in _LOOK_ALIKES.items() for other in others}


def safe_text(text: str, *, multiline: bool, limit: int | None = None, max_lines: int | None = None) -> str:
    """Text as it may be stored and shown.

    Controls become pictures (␛) or marks (⟨U+009B⟩), as do bidi controls and hidden characters outside emoji and
    script sequences; private, unassigned and lone surrogate code points become U+FFFD; tabs become spaces. Line feeds
    stay if `multiline`; a flood of empty lines is counted instead. `limit` cuts to so many characters, `max_lines`
    folds the lines beyond; both leave a visible sign and are for display: never cut what is to be kept.
    """
    if multiline and "\r" in text:
        text = text.replace("\r\n", "\n")
    if not _is_plain(text, multiline=multiline) and (found := _replacements(text, multiline=multiline)):
        text = text.translate(found)
    if not text.isascii():
        text = _cut_marks(text)
        if _ANY_HIDDEN.search(text):
            text = _sequences().sub(lambda match: _mark(match[0]) if match["loose"] else match[0], text)
    if multiline:
        text = _EMPTY_LINES.sub(lambda match: f"\n⟨{match[0].count(chr(10)) - 1:,} empty lines⟩\n", text)
    return _shorten(text, limit, max_lines)


@cache
def _sequences() -> re.Pattern[str]:
    """Sequences in which hidden characters belong; any other is `loose`. Compiled when needed."""
    return re.compile(
        f"\U0001f3f4{_FLAG}\U000e007f"  # England, Scotland, Wales
        f"|{_EMOJI}(?:\u200d{_EMOJI}){{0,9}}"  # emoji and families of them
        "|[0-9#*]\ufe0f?\u20e3"  # key caps
        f"|{_IDEOGRAPH}[\ufe00-\ufe0f\U000e0100-\U000e01ef]"  # variants in Japanese names
        f"|(?<={_ARABIC})\u200c(?={_ARABIC})"  # inside Persian and Urdu words
        f"|(?<={_VIRAMA})[\u200c\u200d](?=[^\\W\\d_])"  # Indic conjuncts (RFC 5892 A.1, A.2)
        f"|(?P<loose>[{_HIDDEN}])"
    )


def is_emoji(text: str) -> bool:
    """Whether this is exactly one emoji as people see it: with its skin tone, a family, a flag, a key cap."""
    return _one_emoji().fullmatch(text) is not None


@cache
def _one_emoji() -> re.Pattern[str]:
    return re.compile(
        f"[\U0001f1e6-\U0001f1ff]{{2}}|\U0001f3f4{_FLAG}\U000e007f"  # flags of countries; England, Scotland, Wales
        f"|{_EMOJI}(?:\u200d{_EMOJI}){{0,9}}|[0-9#*]\ufe0f?\u20e3"
    )


def terminal_safe(text: str) -> str:
    """The last guard, for one line about to be drawn: no C0, C1, DEL, line separator or bidi control remains."""
    return _UNSAFE.sub(lambda match: _replacement(match[0], multiline=False) or "", text)


def safe_name(text: str, *, limit: int = NAME_MAX) -> str:
    """A name as it may be stored: trimmed, on one line, NFC.

    Raises BadInput when nothing of it is visible, it holds a hidden or control character, or more than `limit`
    characters.
    """
    if len(text) > 8 * limit:
        raise BadInput(f"a name has at most {limit} characters")
    name = _SPACES.sub(" ", text).strip(" ")
    clean = safe_text(name, multiline=False)
    if clean != name:
        at = next((i for i, (old, new) in enumerate(zip(name, clean, strict=False)) if old != new), len(clean))
        raise BadInput(f"a name cannot hold {describe(name[at])}")
    name = _cut_marks(unicodedata.normalize("NFC", name))
    if not any(unicodedata.category(char)[0] not in "MZC" and char != _BLANK for char in name):
        raise BadInput("a name needs a visible character")
    if len(name) > limit:
        raise BadInput(f"a name has at most {limit} characters, this one has {len(name)}")
    return name


def skeleton(name: str) -> str:
    """What a name looks like: two names with one skeleton are mistaken for each other. Never shown, never a key."""
    text = unicodedata.normalize("NFKD", _cut_marks(name)).translate(_ALIKE).casefold().translate(_ALIKE)
    seen = "".join(char for char in text if unicodedata.category(char)[0] not in "MZC" and char != _BLANK)
    return seen.replace("rn", "m").replace("vv", "w")


def describe(char: str) -> str:
    """A character in words that are safe to print: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def _mark(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _is_plain(text: str, *, multiline: bool) -> bool:
    """Whether all of it is printable ASCII, as most texts are: nothing of that is ever replaced."""
    return text.isascii() and (text.replace("\n", "") if multiline else text).isprintable()


def _replacements(text: str, *, multiline: bool) -> dict[int, str]:
    """A table for str.translate of just the characters of `text` that may not stay."""
    found = ((char, _replacement(char, multiline=multiline)) for char in set(text))
    return {ord(char): other for char, other in found if other is not None}


def _replacement(char: str, *, multiline: bool) -> str | None:
    """What stands for a character wherever it occurs; None if it may stay, or only its neighbours can tell."""
    if char.isprintable():
        return _mark(char) if char in _INVISIBLE else None
    if char == "\t":
        return "    " if multiline else " "
    if char < " ":
        return None if multiline and char == "\n" else chr(0x2400 + ord(char))
    category = unicodedata.category(char)
    if category == "Zs" or char in _DRAWN or _ANY_HIDDEN.match(char):
        return None
    if category in ("Co", "Cn", "Cs"):
        return "\ufffd"
    return "␡" if char == "\x7f" else _mark(char)


def _cut_marks(text: str) -> str:
    """At most MARKS_MAX combining marks in a row; to be done before any normalisation, which is quadratic in them."""
    marks = "".join(char for char in set(text) if unicodedata.category(char)[0] == "M")
    if not marks:
        return text
    return re.sub(f"([{re.escape(marks)}]{{{MARKS_MAX}}})[{re.escape(marks)}]++", r"\1", text)


def _shorten(text: str, limit: int | None, max_lines: int | None) -> str:
    if max_lines is not None and text.count("\n") >= max_lines:
        lines = text.split("\n")
        text = "\n".join([*lines[: max_lines - 1], f"⟨{len(lines) - max_lines + 1:,} more lines⟩"])
    if limit is not None and len(text) > limit:
        text = _LOOSE_END.sub("", text[: limit - 1]) + "…"
    return text
