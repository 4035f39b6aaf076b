"""Programs that act for us: their grants, whose words they were given, what they did."""

from collections.abc import Iterable
from dataclasses import dataclass

from chattor.model.agent import Scope
from chattor.store.sql import Row, Sql, integer, maybe_integer, text


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """One agent."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_ms: int
    used_ms: int | None
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One line of the audit log."""

    at_ms: int
    agent: str
    method: str
    subject: str
    outcome: str


_AGENT = "SELECT id, name, scopes, created_ms, used_ms, calls FROM agents "


def _agent(row: Row) -> AgentRow:
    return AgentRow(
        id=integer(row[0]),
        name=text(row[1]),
        scopes=tuple(map(Scope, text(row[2]).split())),
        created_ms=integer(row[3]),
        used_ms=maybe_integer(row[4]),
        calls=integer(row[5]),
    )


def _call(row: Row) -> CallRow:
    return CallRow(
        at_ms=integer(row[0]),
        agent=text(row[1]),
        method=text(row[2]),
        subject=text(row[3]),
        outcome=text(row[4]),
    )


class AgentsRepo:
    """The tables `agents`, `agent_friends`, `agent_sources` and `agent_calls`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(
        self, *, name: str, token_hash: bytes, scopes: Iterable[Scope], send_to: Iterable[int], at_ms: int
    ) -> AgentRow:
        """A new agent, under a name that no live one has."""
        cursor = self._sql.execute(
            "INSERT INTO agents (name, token_hash, scopes, created_ms) VALUES (?, ?, ?, ?)",
            (name, token_hash, " ".join(scopes), at_ms),
        )
        number = integer(cursor.lastrowid)
        for friend in send_to:
            self._sql.execute("INSERT INTO agent_friends (agent, friend) VALUES (?, ?)", (number, friend))
        return self.known(number)

    def known(self, number: int) -> AgentRow:
        """An agent that was never deleted, revoked or not. Raises LookupError."""
        row = self._sql.execute(_AGENT + "WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise LookupError(f"no agent {number}")
        return _agent(row)

    def live(self) -> list[AgentRow]:
        """Those that were not revoked, by name."""
        return [_agent(row) for row in self._sql.execute(_AGENT + "WHERE revoked_ms IS NULL ORDER BY name")]

    def by_name(self, name: str) -> AgentRow | None:
        """The live agent of that name."""
        row = self._sql.execute(_AGENT + "WHERE revoked_ms IS NULL AND name = ?", (name,)).fetchone()
        return None if row is None else _agent(row)

    def by_token(self, token_hash: bytes) -> AgentRow | None:
        """The live agent whose token has that hash."""
        row = self._sql.execute(_AGENT + "WHERE revoked_ms IS NULL AND token_hash = ?", (token_hash,)).fetchone()
        return None if row is None else _agent(row)

    def revoke(self, number: int, at_ms: int) -> None:
        """Its token opens nothing any more; what it did is kept."""
        self._sql.execute("UPDATE agents SET revoked_ms = ? WHERE id = ?", (at_ms, number))

    def forget_revoked(self, keep: int) -> None:
        """Keep the last few that were revoked, and what they did."""
        self._sql.execute(
            "DELETE FROM agents WHERE id IN"
            " (SELECT id FROM agents WHERE revoked_ms IS NOT NULL ORDER BY id DESC LIMIT -1 OFFSET ?)",
            (keep,),
        )

    def forget_all(self) -> None:
        """No token opens anything any more."""
        self._sql.execute("DELETE FROM agents")

    def sends_to(self, number: int) -> list[int]:
        """The friends on its grant."""
        rows = self._sql.execute("SELECT friend FROM agent_friends WHERE agent = ? ORDER BY friend", (number,))
        return [integer(row[0]) for row in rows]

    def sources(self, number: int) -> set[int]:
        """Whose words it was given; 0 stands for whoever is no friend."""
        rows = self._sql.execute("SELECT source FROM agent_sources WHERE agent = ?", (number,))
        return {integer(row[0]) for row in rows}

    def add_source(self, number: int, source: int) -> None:
        """It was given somebody's words."""
        self._sql.execute("INSERT OR IGNORE INTO agent_sources (agent, source) VALUES (?, ?)", (number, source))

    def begin_call(self, number: int, *, at_ms: int, method: str, subject: str, outcome: str, counted: bool) -> int:
        """A line of the audit log; its number."""
        self._sql.execute("UPDATE agents SET used_ms = ?, calls = calls + 1 WHERE id = ?", (at_ms, number))
        cursor = self._sql.execute(
            "INSERT INTO agent_calls (agent, at_ms, method, subject, outcome, counted) VALUES (?, ?, ?, ?, ?, ?)",
            (number, at_ms, method, subject, outcome, counted),
        )
        return integer(cursor.lastrowid)

    def end_call(self, call: int, outcome: str) -> None:
        """How it went."""
        self._sql.execute("UPDATE agent_calls SET outcome = ? WHERE id = ?", (outcome, call))

    def counted(self, number: int, after_ms: int, upto_ms: int) -> list[int]:
        """When it did what counts, the oldest first."""
        rows = self._sql.execute(
            "SELECT at_ms FROM agent_calls WHERE agent = ? AND counted AND at_ms > ? AND at_ms <= ? ORDER BY at_ms",
            (number, after_ms, upto_ms),
        )
        return [integer(row[0]) for row in rows]

    def prune_calls(self, number: int, *, counted: bool, keep: int) -> None:
        """Keep its newest lines; those that count and those that do not are bounded apart."""
        self._sql.execute(
            "DELETE FROM agent_calls WHERE agent = ?1 AND counted = ?2 AND id <= (SELECT id FROM agent_calls"
            " WHERE agent = ?1 AND counted = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)",
            (number, counted, keep),
        )

    def calls(self, name: str | None, limit: int) -> list[CallRow]:
        """The audit log, newest first, of one name or of all."""
        rows = self._sql.execute(
            "SELECT c.at_ms, a.name, c.method, c.subject, c.outcome FROM agent_calls c JOIN agents a ON a.id = c.agent"
            " WHERE ?1 IS NULL OR a.name = ?1 ORDER BY c.id DESC LIMIT ?2",
            (name, limit),
        )
        return [_call(row) for row in rows]
