"""JSON that may be printed: every character is kept, but what a terminal obeys or hides is escaped."""

import json
import re
from typing import Final

from chattor.rpc import contract

# C1, DEL, soft hyphen, bidi and other format characters, line separators, tags: C0 is escaped by JSON itself.
_OBEYED: Final = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def to_json(value: object) -> str:
    """One JSON document in one line."""
    return _OBEYED.sub(lambda match: json.dumps(match[0])[1:-1], contract.encode(value).decode())
