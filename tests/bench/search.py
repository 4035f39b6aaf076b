"""What search costs: every kind of query with and without encryption, and what the indexes cost who writes.

Run as `python -m tests.bench.search [--messages 1000000]`. Texts are of 13 words on average, of 40,000 by Zipf's
law, in 200 conversations; queries are of words of every frequency. Both stores are asked in turn. Writing is timed
into the grown store: with the indexes at rest, as a node does it, and brought up to date in the same transaction.
"""

import argparse
import sys
import time
from bisect import bisect
from collections.abc import Callable, Iterable
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from sqlcipher3 import dbapi2 as sqlcipher

from chattor.handlers.search import TAKE_IN, TAKE_OUT
from chattor.handlers.snippet import fits
from chattor.model.query import parse
from chattor.protocol.friendship import State
from chattor.store.connection import Connection, DataKey, connect
from chattor.store.migrate import migrate, shipped
from chattor.store.repos.search import RANKED, Wanted
from chattor.store.tx import Tx

FRIENDS: Final = 200
WORDS: Final = 40_000
LIMIT: Final = 50
WRITES: Final = 1_000
_LETTERS: Final = "etaoinshrdlucmfwypvbgkjqxz"
_PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON")

Query = Callable[[Tx, str], object]


class Writer:
    """Makes up texts."""

    def __init__(self) -> None:
        self._dice = Random(1)
        self._words = [self._word() for _ in range(WORDS)]
        self._weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def text(self) -> str:
        """Some words."""
        count = 1 + round(self._dice.expovariate(1 / 12))
        return " ".join(
            self._words[bisect(self._weights, self._dice.random() * self._weights[-1])] for _ in range(count)
        )

    def samples(self) -> list[str]:
        """Words of every frequency, the most frequent first."""
        return [self._words[min(round(1.06**step), WORDS - 1)] for step in range(182)]

    def _word(self) -> str:
        size = self._dice.choice((2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12))
        return "".join(self._dice.choice(_LETTERS[: self._dice.randint(4, 26)]) for _ in range(size))


class Shelf:
    """One store full of messages."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._count = 0

    def act(self, *works: Callable[[Tx], object]) -> float:
        """One transaction; the seconds it took."""
        start = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        for work in works:
            work(Tx(self._connection))
        self._connection.execute("COMMIT")
        return time.perf_counter() - start

    def ask(self, query: Query, word: str) -> float:
        """The seconds a query takes."""
        start = time.perf_counter()
        query(Tx(self._connection), word)
        return time.perf_counter() - start

    def writes(self, text: str) -> Callable[[Tx], object]:
        """A message of somebody."""
        self._count += 1
        number, friend = self._count, self._count * 7 % FRIENDS + 1
        return lambda tx: tx.messages.add_in(
            friend=friend, msg_id=number.to_bytes(16, "big"), seq=number, body=text, reply_to=None, edited=False,
            sent_ms=number, received_ms=number,
        )  # fmt: skip

    def fill(self, texts: Iterable[str]) -> float:
        """Write and index many; the seconds the indexes took."""
        taken, source = 0.0, iter(texts)
        while batch := list(islice(source, 4_096)):
            self.act(*map(self.writes, batch))
            taken += self.act(lambda tx: tx.search.take_in(4_096))
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return taken


def befriend(tx: Tx) -> None:
    """Everybody."""
    for number in range(FRIENDS):
        key = number.to_bytes(32, "big")
        tx.friends.add(
            state=State.FRIEND, name=f"f{number}", note="", asked_ms=0, onion_pk=key, id_commit=key[16:], knows=1
        )


def shelves(directory: Path) -> dict[str, Shelf]:
    """One with encryption, and one without."""
    made = {}
    for name, key in (("chattor", DataKey(b"k" * 32)), ("unencrypted", None)):
        path = directory / name
        path.touch()
        connection: Connection = connect(path, key) if key else sqlcipher.connect(str(path), isolation_level=None)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection, shipped())
        made[name] = Shelf(connection, path)
        made[name].act(befriend)
    return made


def _newest(template: str, friend: int | None = None) -> Query:
    return lambda tx, word: tx.search.newest(Wanted(query=parse(template.format(word, word[:2])), friend=friend), LIMIT)


def _ranked(tx: Tx, word: str) -> object:
    return tx.search.ranked(Wanted(query=parse(f'"{word}"')), LIMIT)


def _part(tx: Tx, word: str) -> object:
    query = parse(f"*{(word * 4)[1:5]}*")
    rows = islice(tx.search.around_parts(Wanted(query=query)), RANKED)
    return list(islice((row for row in rows if fits(query, row.text or "")), LIMIT))


QUERIES: Final[dict[str, Query]] = {
    "newest, a word": _newest('"{0}"'),
    "newest, a beginning": _newest("{0}"),
    "newest, two letters": _newest("{1}*"),
    "ranked, a word": _ranked,
    "in one conversation": _newest('"{0}"', friend=7),
    "from me, no hits": _newest('"{0}" from:me'),
    "a part of four": _part,
}


def figures(seconds: list[float]) -> str:
    """Median and 99th percentile in ms."""
    ordered = sorted(seconds)
    return f"p50 {ordered[len(ordered) // 2] * 1e3:7.2f}  p99 {ordered[len(ordered) * 99 // 100] * 1e3:7.2f} ms"


def writing(shelf: Shelf, writer: Writer) -> None:
    """What who writes pays."""
    say = sys.stdout.write
    single = [shelf.act(shelf.writes(writer.text())) for _ in range(WRITES)]
    say(f"send, indexes at rest       {figures(single)}\n")
    late = [shelf.act(lambda tx: tx.search.take_in(TAKE_IN)) for _ in range(-(-WRITES // TAKE_IN))]
    say(f"index {TAKE_IN} at rest            {figures(late)}  = {WRITES / sum(late):,.0f} texts/s\n")
    at_once = [shelf.act(shelf.writes(writer.text()), lambda tx: tx.search.take_in(1)) for _ in range(WRITES)]
    say(f"send, indexed at once       {figures(at_once)}\n")
    burst = [shelf.act(*(shelf.writes(writer.text()) for _ in range(TAKE_IN))) for _ in range(30)]
    say(f"receive {TAKE_IN}, indexes at rest {figures(burst)}  = {30 * TAKE_IN / sum(burst):,.0f} texts/s\n")
    shelf.act(lambda tx: tx.search.take_in(30 * TAKE_IN))
    for number in range(8 * TAKE_OUT):
        shelf.act(lambda tx, number=number: tx.messages.erase(1 + 37 * number))  # type: ignore[misc]
    out = [shelf.act(lambda tx: tx.search.take_out(TAKE_OUT)) for _ in range(8)]
    say(f"take {TAKE_OUT} out                  {figures(out)}\n")


def main() -> None:
    """Fill both, then ask both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--directory", type=Path)
    options = parser.parse_args()
    writer = Writer()
    with TemporaryDirectory(dir=options.directory) as directory:
        both = shelves(Path(directory))
        texts = [writer.text() for _ in range(options.messages)]
        size = sum(map(len, texts)) / 2**20
        for name, shelf in both.items():
            taken = shelf.fill(texts)
            sys.stdout.write(
                f"{name:12} {len(texts):,} texts, {size:.0f} MiB: {shelf.path.stat().st_size / 2**20:.0f} MiB on disk,"
                f" indexed at {len(texts) / taken:,.0f}/s\n"
            )
        for what, query in QUERIES.items():
            spent: dict[str, list[float]] = {name: [] for name in both}
            for word in writer.samples():
                for name, shelf in both.items():
                    spent[name].append(shelf.ask(query, word))
            ratio = sum(spent["chattor"]) / sum(spent["unencrypted"])
            sys.stdout.write(f"{what:20} {figures(spent['chattor'])}  = {ratio:.2f} × unencrypted\n")
        writing(both["chattor"], writer)


if __name__ == "__main__":
    main()
