"""What agents want done and a human has to decide."""

from dataclasses import dataclass

from chattor.model.agent import Action, ApprovalState
from chattor.model.message import Priority
from chattor.store.repos.messages import PRIORITIES
from chattor.store.sql import Row, Sql, integer, maybe_integer, maybe_text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be done: the fields of the action that are not its, are None."""

    action: Action
    friend: int | None = None
    channel: int | None = None
    code: str | None = None
    name: str | None = None
    text: str | None = None
    reply_to: int | None = None
    ttl: int | None = None
    priority: Priority = Priority.NORMAL
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One wish, and whether it was decided."""

    id: int
    agent: int
    at_ms: int
    wish: Wish
    state: ApprovalState


_COLUMNS = (
    "SELECT id, agent, at_ms, state, action, friend, channel, code, name, text, reply_to, ttl, priority, key"
    " FROM approvals "
)


def _approval(row: Row) -> ApprovalRow:
    return ApprovalRow(
        id=integer(row[0]),
        agent=integer(row[1]),
        at_ms=integer(row[2]),
        state=ApprovalState(text(row[3])),
        wish=Wish(
            action=Action(text(row[4])),
            friend=maybe_integer(row[5]),
            channel=maybe_integer(row[6]),
            code=maybe_text(row[7]),
            name=maybe_text(row[8]),
            text=maybe_text(row[9]),
            reply_to=maybe_integer(row[10]),
            ttl=maybe_integer(row[11]),
            priority=PRIORITIES[integer(row[12])],
            key=maybe_text(row[13]),
        ),
    )


class ApprovalsRepo:
    """The table `approvals`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, agent: int, wish: Wish, at_ms: int) -> ApprovalRow:
        """Something more to decide."""
        cursor = self._sql.execute(
            "INSERT INTO approvals"
            " (agent, at_ms, action, friend, channel, code, name, text, reply_to, ttl, priority, key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                agent, at_ms, wish.action, wish.friend, wish.channel, wish.code, wish.name, wish.text, wish.reply_to,
                wish.ttl, PRIORITIES.index(wish.priority), wish.key,
            ),
        )  # fmt: skip
        return ApprovalRow(
            id=integer(cursor.lastrowid), agent=agent, at_ms=at_ms, wish=wish, state=ApprovalState.PENDING
        )

    def get(self, number: int) -> ApprovalRow | None:
        """One of them, decided or not."""
        row = self._sql.execute(_COLUMNS + "WHERE id = ?", (number,)).fetchone()
        return None if row is None else _approval(row)

    def pending(self) -> list[ApprovalRow]:
        """What is not decided, oldest first."""
        return [_approval(row) for row in self._sql.execute(_COLUMNS + "WHERE state = 'pending' ORDER BY id")]

    def of(self, agent: int) -> list[ApprovalRow]:
        """What one agent asked for, decided or not, oldest first."""
        return [_approval(row) for row in self._sql.execute(_COLUMNS + "WHERE agent = ? ORDER BY id", (agent,))]

    def decide(self, number: int, state: ApprovalState) -> None:
        """Once and for all; its text is gone."""
        self._sql.execute("UPDATE approvals SET state = ?, text = NULL WHERE id = ?", (state, number))

    def forget_decided(self, keep: int) -> None:
        """Keep the newest that were decided, for agents that ask what became of them."""
        self._sql.execute(
            "DELETE FROM approvals WHERE id IN"
            " (SELECT id FROM approvals WHERE state <> 'pending' ORDER BY id DESC LIMIT -1 OFFSET ?)",
            (keep,),
        )
