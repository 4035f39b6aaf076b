"""Search over a real store: what is found, in which order, and that an index holds exactly what there is."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chattor.crypto.keys import Identity
from chattor.errors import BadInput, NotFound
from chattor.handlers import search
from chattor.handlers.search import Search
from chattor.model.message import Direction
from chattor.model.query import parse
from chattor.model.search import Order, SearchHit
from chattor.store.tx import Tx
from tests.support.desk import FRIEND, Desk
from tests.support.dice import dice


@pytest.fixture
def library(desk: Desk) -> Iterator[Desk]:
    """A desk whose every test ends with indexes that hold what the texts say, and nothing else."""
    yield desk
    index(desk)
    desk.act(lambda tx, ctx: tx.search.check())


def index(desk: Desk) -> None:
    """What the node's indexer does."""
    while desk.act(search.take_out):
        continue
    while desk.act(search.take_in):
        continue


def hits(desk: Desk, query: str, **more: object) -> list[SearchHit]:
    """What a search finds."""
    while desk.act(search.take_in):
        continue
    return desk.act(search.search, Search(query=query, **more))  # type: ignore[arg-type]


def found(desk: Desk, query: str, **more: object) -> list[str]:
    """The texts of it."""
    return [hit.text for hit in hits(desk, query, **more)]


def hear(desk: Desk, text: str, friend: int = FRIEND, sent_ms: int | None = None) -> int:
    """As if a friend had written."""

    def add(tx: Tx, ctx: object) -> int:
        msg_id = len(desk.everything()["messages"]).to_bytes(16, "big")
        when = desk.now if sent_ms is None else sent_ms
        return tx.messages.add_in(
            friend=friend,
            msg_id=msg_id,
            seq=1,
            body=text,
            reply_to=None,
            edited=False,
            sent_ms=when,
            received_ms=desk.now,
        )

    return desk.act(add)


def test_words_are_found_by_their_beginning_the_newest_first(library: Desk) -> None:
    for text in ("Meeting at noon", "no", "we meet at the Café", "street"):
        library.send(text)

    assert found(library, "meet") == ["we meet at the Café", "Meeting at noon"]
    assert found(library, "CAFE") == ["we meet at the Café"]
    assert found(library, '"at noon"') == ["Meeting at noon"]
    assert found(library, '"noon at"') == []
    assert found(library, "meet at", limit=1) == ["we meet at the Café"]


def test_a_word_that_begins_nowhere_is_found_inside(library: Desk) -> None:
    for text in ("Donaudampfschiff", "dampf!", "昨日はとても楽しかった"):
        library.send(text)

    assert found(library, "dampf") == ["dampf!"]
    assert found(library, "*dampf*") == ["dampf!", "Donaudampfschiff"]
    assert found(library, "schiff") == ["Donaudampfschiff"]
    assert found(library, "とても") == ["昨日はとても楽しかった"]
    assert found(library, "*dampfschiffe") == []
    assert found(library, '"schiff"') == []


def test_faces_and_pictures_are_found(library: Desk) -> None:
    for text in ("fine :-)", "well done 👍🎉"):
        library.send(text)

    assert found(library, ":-)") == ["fine :-)"]
    assert found(library, "👍") == ["well done 👍🎉"]


def test_the_best_come_first_when_asked(library: Desk) -> None:
    for text in ("tea and a long talk about the weather of this year", "tea, tea, tea!", "coffee"):
        library.send(text)

    ranked = hits(library, "tea", order=Order.RANK)

    assert [hit.text[:4] for hit in ranked] == ["tea,", "tea "]
    assert ranked[0].rank > ranked[1].rank > 0


def test_filters_narrow_a_search_and_stand_alone(library: Desk) -> None:
    library.act(lambda tx, ctx: tx.friends.update(FRIEND, name="Bob B"))
    library.send("mine, about lunch")
    hear(library, "yours, about lunch")

    assert found(library, "lunch from:me") == ["mine, about lunch"]
    assert found(library, 'lunch from:"bob b"') == ["yours, about lunch"]
    assert found(library, "from:f1") == ["yours, about lunch"]
    assert found(library, "lunch", friend="f1") == ["yours, about lunch", "mine, about lunch"]
    assert hits(library, "lunch from:f1")[0].direction is Direction.IN
    with pytest.raises(NotFound):
        hits(library, "from:carol")
    with pytest.raises(NotFound, match="no channel"):
        hits(library, "in:news")


def test_days_are_those_of_the_reader(library: Desk) -> None:
    midnight = round(datetime(2026, 1, 31).astimezone().timestamp() * 1000)
    for text, sent_ms in (("eve", midnight - 1), ("dawn", midnight), ("next day", midnight + 86_400_000)):
        hear(library, text, sent_ms=sent_ms)

    assert found(library, "before:2026-01-31") == ["eve"]
    assert found(library, "after:2026-01-31") == ["next day", "dawn"]
    assert found(library, "after:2026-01-31 before:2026-02") == ["dawn"]
    assert found(library, "before:0001") == []
    assert found(library, "before:9999-12-31 eve") == ["eve"]


def test_older_hits_are_asked_for_by_the_last_one(library: Desk) -> None:
    for number in range(5):
        library.send(f"tea {number}")
    first = hits(library, "tea", limit=2)

    assert [hit.text for hit in first] == ["tea 4", "tea 3"]
    assert found(library, "tea", limit=2, before=first[-1].id) == ["tea 2", "tea 1"]
    assert found(library, "from:me", limit=2, before=first[-1].id) == ["tea 2", "tea 1"]


def test_what_is_new_is_taken_in_many_at_once(library: Desk) -> None:
    for number in range(search.TAKE_IN + 1):
        library.send(f"tea {number}")

    assert library.act(search.take_in)
    assert not library.act(search.take_in)
    assert len(hits(library, "tea", limit=1000)) == search.TAKE_IN + 1


def _set_text(desk: Desk, message: int, text: str | None) -> None:
    desk.act(lambda tx, ctx: tx._sql.execute("UPDATE messages SET text = ? WHERE id = ?", (text, message)))


def test_a_changed_text_is_found_by_its_new_words_only(library: Desk) -> None:
    library.send("old words")
    index(library)
    _set_text(library, 1, "new words")

    assert found(library, "old") == []
    index(library)
    assert found(library, "old") == []
    assert found(library, "new") == ["new words"]


def test_a_text_may_change_and_go_in_any_order_before_the_index_hears_of_it(library: Desk) -> None:
    for number in range(6):
        library.send(f"first {number}")
    index(library)
    for texts in (["second"], ["second", "third"], ["second", None], [None], [None, "second"], [None, "second", None]):
        for message in range(1, 7):
            for text in texts:
                _set_text(library, message, text)
            if message % 2:
                library.act(search.take_out)
            if message % 3 == 0:
                library.act(search.take_in)
            library.act(lambda tx, ctx: tx.search.check())

    index(library)
    library.act(lambda tx, ctx: tx.messages.delete_all(FRIEND))
    assert found(library, "second") == []
    index(library)
    assert _left(library, "second") == []


def test_a_forgotten_conversation_leaves_the_index_a_few_texts_at_a_time(library: Desk) -> None:
    for number in range(search.TAKE_OUT + 1):
        library.send(f"secret{number}")
    index(library)
    library.act(lambda tx, ctx: tx.friends.delete(FRIEND))
    library.act(lambda tx, ctx: tx.search.check())

    assert library.act(search.take_out) == search.TAKE_OUT
    library.act(lambda tx, ctx: tx.search.check())
    assert library.act(search.take_out) == 1
    assert _left(library, "secret") == []


def _left(desk: Desk, text: str) -> list[str]:
    """The tables that still hold a piece of a text."""
    wanted = text.encode()
    return [
        table
        for table, rows in desk.everything().items()
        for row in rows
        for value in row
        if wanted in (value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b"")
    ]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the texts a hostile query might want."""
    rng = dice(1)
    path: Path = tmp_path_factory.mktemp("shelf")
    desk = Desk(path / "alice.db", Identity.generate(rng), rng)
    desk.befriend(Identity.generate(rng))
    for text in ('he said "NEAR" and left', "text: place: f1 in out", "AND OR NOT", "a*b ^c {d} (e)", "quite plain"):
        desk.send(text)
    index(desk)
    yield desk
    desk.close()


_SYNTAX = st.sampled_from(
    [*"\"*^-+{}():'\0\ud800\\%_ a", "NEAR(", " AND ", " OR ", " NOT ", "place:", "text :", "plain", "f1", "rank"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=40), st.lists(_SYNTAX, max_size=12).map("".join)))
def test_input_71_no_query_is_ever_an_expression(shelf: Desk, query: str) -> None:
    for order in Order:
        try:
            texts = [hit.text for hit in shelf.act(search.search, Search(query=query, order=order))]
        except (BadInput, NotFound):
            return
        wanted = [_letters(term.text) for term in parse(query).terms]
        assert all(word in _letters(text) for text in texts for word in wanted)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if unicodedata.category(char)[0] in "LN")
