"""Everything that was said, in the order of the store. Whose time is limited stays behind: a file never forgets."""

import re
from typing import Final

from msgspec.structs import replace

from chattor.errors import BadInput
from chattor.handlers import resolve
from chattor.handlers.context import Ctx
from chattor.handlers.messaging import HISTORY_MAX
from chattor.handlers.views import friend_id, message_view
from chattor.model.export import ExportPage
from chattor.store.tx import Tx

_CURSOR: Final = re.compile(r"(\d{1,18})-(\d{1,18})", re.ASCII)


def page(tx: Tx, ctx: Ctx, name: str | None, after: str | None, limit: int) -> ExportPage:
    """The messages behind a cursor, of one friend or of all. Texts of limited time are left out, their rows are not.

    Raises NotFound, BadInput.
    """
    only = None if name is None else resolve.relation(tx, name).id
    limit = min(max(limit, 1), HISTORY_MAX)
    rows = tx.messages.onward(only, *_place(after), limit)
    messages = [message_view(tx, row) for row in rows]
    return ExportPage(
        messages=[one if one.ttl is None else replace(one, text=None) for one in messages],
        names={friend_id(row.friend): _name(tx, row.friend) for row in rows},
        cursor=f"{rows[-1].friend}-{rows[-1].id}" if len(rows) == limit else None,
    )


def _place(cursor: str | None) -> tuple[int, int]:
    found = _CURSOR.fullmatch(cursor or "0-0")
    if found is None:
        raise BadInput("that is no cursor of an export")
    return int(found[1]), int(found[2])


def _name(tx: Tx, friend: int) -> str:
    row = tx.friends.get(friend)
    return "" if row is None else row.name
