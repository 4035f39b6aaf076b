"""The forms of a transcript: a message a line, as in `history`, or Markdown."""

from collections.abc import Callable, Iterator
from typing import Final

from chattor.model.export import ExportPage
from chattor.rpc.printable import to_json
from chattor.transcript.markdown import Markdown

Lines = Callable[[ExportPage], Iterator[str]]
FORMS: Final[dict[str, Callable[[], Lines]]] = {
    "jsonl": lambda: lambda page: map(to_json, page.messages),
    "md": lambda: Markdown().lines,
}
"""By the word for it; each begins anew."""
