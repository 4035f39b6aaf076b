"""The reader's place: nothing that comes, goes, is measured or wrapped anew moves what he reads."""

from hypothesis import given
from hypothesis import strategies as st

from chattor.tui.flow import Flow


class Column:
    """Blocks of known true heights, guessed wrong at first."""

    def __init__(self, heights: list[int], height: int, guess: int = 1) -> None:
        self.heights = heights
        self.guess = guess
        self.measured: list[int] = []
        self.flow = Flow(self._measure)
        self.flow.height = height
        self.flow.lay([guess] * len(heights), None)
        self.flow.settle()

    def _measure(self, block: int) -> int:
        self.measured.append(block)
        return self.heights[block]

    def splice(self, start: int, stop: int, heights: list[int]) -> None:
        self.heights[start:stop] = heights
        self.flow.splice(start, stop, [self.guess] * len(heights))
        self.flow.settle()

    def first_seen(self) -> tuple[int, int]:
        return self.flow.find(self.flow.y)

    def seen(self) -> list[tuple[int, int]]:
        rows = range(self.flow.y, min(self.flow.y + self.flow.height, self.flow.total))
        return [self.flow.find(row) for row in rows]


def truth(heights: list[int]) -> list[tuple[int, int]]:
    return [(block, row) for block, height in enumerate(heights) for row in range(height)]


def test_an_empty_column_is_at_its_end() -> None:
    column = Column([], 10)
    assert (column.flow.y, column.flow.total, column.flow.at_end) == (0, 0, True)
    column.flow.move(-5)
    assert column.flow.at_end


def test_it_opens_at_the_end_and_measures_only_what_is_seen() -> None:
    column = Column([3] * 10_000, 10)
    assert column.seen() == truth([3] * 10_000)[-10:]
    assert len(set(column.measured)) <= 4


def test_what_is_added_below_is_followed_only_from_the_end() -> None:
    column = Column([2] * 50, 10)
    column.splice(50, 50, [4])
    assert column.seen()[-1] == (50, 3)
    column.flow.move(-6)
    place = column.first_seen()
    column.splice(51, 51, [5, 5])
    assert column.first_seen() == place
    assert not column.flow.at_end


def test_pages_above_do_not_move_the_reader() -> None:
    column = Column([2] * 50, 10)
    column.flow.jump(0)
    column.flow.move(7)
    block, row = column.first_seen()
    column.splice(0, 0, [6] * 100)
    assert column.first_seen() == (block + 100, row)


def test_the_first_block_may_lose_its_heading_to_a_page_above() -> None:
    column = Column([5] + [2] * 50, 10)
    column.flow.jump(0)
    column.flow.move(3)
    column.splice(0, 1, [6, 6, 3])  # three rows of heading became one
    assert column.first_seen() == (2, 1)


def test_a_window_that_shrinks_keeps_the_end_or_the_place() -> None:
    column = Column([2] * 50, 10)
    column.flow.height = 6
    column.flow.settle()
    assert column.seen()[-1] == (49, 1)
    column.flow.move(-20)
    place = column.first_seen()
    column.flow.height = 9
    column.flow.settle()
    assert column.first_seen() == place


def test_scrolling_down_to_the_last_row_is_the_end_again() -> None:
    column = Column([3] * 20, 10)
    column.flow.move(-5)
    assert not column.flow.at_end
    column.flow.move(5)
    assert column.flow.at_end


def test_a_short_column_cannot_leave_its_end() -> None:
    column = Column([2, 2], 10)
    column.flow.move(-3)
    assert column.flow.at_end
    assert column.flow.y == 0


def test_a_block_can_be_brought_to_the_top() -> None:
    column = Column([3] * 100, 10)
    column.flow.show(40)
    assert column.first_seen() == (40, 0)


HEIGHTS = st.lists(st.integers(1, 9), min_size=1, max_size=60)


@given(HEIGHTS, st.integers(1, 20), st.integers(1, 12), st.lists(st.integers(-25, 25), max_size=12))
def test_every_scroll_shows_the_true_rows_and_none_is_skipped(
    heights: list[int], height: int, guess: int, moves: list[int]
) -> None:
    column = Column(list(heights), height, guess)
    rows = truth(heights)
    last = max(0, len(rows) - height)
    at = last
    for move in moves:
        if abs(move) > 4 * height:
            continue  # such moves trust the guesses
        column.flow.move(move)
        at = max(0, min(at + move, last))
        assert column.seen() == rows[at : at + height]


@given(HEIGHTS, HEIGHTS, HEIGHTS, st.integers(1, 20), st.integers(0, 40))
def test_pages_on_both_sides_keep_the_reader_where_he_is(
    heights: list[int], above: list[int], below: list[int], height: int, up: int
) -> None:
    column = Column(list(heights), height)
    column.flow.move(-min(up, 4 * height))
    was_at_end = column.flow.at_end
    block, row = column.first_seen()
    column.splice(0, 0, list(above))
    column.splice(len(column.heights), len(column.heights), list(below))
    if was_at_end:
        assert column.flow.at_end
    else:
        assert column.first_seen() == (block + len(above), row)


@given(heights=st.lists(st.integers(1, 12), min_size=1, max_size=30), data=st.data())
def test_a_revealed_block_is_seen_whole_or_from_its_beginning(heights: list[int], data: st.DataObject) -> None:
    column = Column(heights, 8)
    column.flow.jump(data.draw(st.integers(0, sum(heights))))
    block = data.draw(st.integers(0, len(heights) - 1))
    column.flow.reveal(block)
    rows = [row for seen, row in column.seen() if seen == block]
    assert rows == list(range(min(heights[block], 8)))


def test_what_is_seen_already_is_not_moved() -> None:
    column = Column([2] * 50, 10)
    column.flow.jump(40)
    place = column.flow.y
    column.flow.reveal(column.flow.find(place + 4)[0])
    assert column.flow.y == place
