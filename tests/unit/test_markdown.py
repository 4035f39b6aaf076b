"""Markdown of conversations: whatever somebody writes, it stays inside its own quote."""

from datetime import UTC, datetime

import pytest

from chattor.model.export import ExportPage
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState
from chattor.transcript.markdown import Markdown, escaped


def said(text: str | None, *, name: str = "Bob", ttl: int | None = None) -> list[str]:
    """What stands in the file for one message of somebody."""
    message = Message(
        id=MessageId("m1"), friend=FriendId("f1"), direction=Direction.IN, text=text, state=MessageState.DELIVERED,
        seq=1, reply_to=None, edited=False, reactions={}, sent_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC),
        received_at=None, expires_at=None, ttl=ttl,
    )  # fmt: skip
    return [*Markdown().lines(ExportPage(messages=[message], names={FriendId("f1"): name}, cursor=None))]


def test_a_conversation_reads_well() -> None:
    assert said("hello\n\nhow are you?") == [
        "", "# Bob", "", "**Bob**, 2026-03-14 09:00 UTC", "", "> hello  ", ">", "> how are you?  ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "# a heading", "> a quote", "```\ncode", "~~~", "---", "===", "- list", "+ list", "* list", "1. list",
        "1) list",
        "| a | b |", "<script>", "<!-- ", "[x](javascript:alert)", "![x](http://h)", "**You**, 2026-03-14 09:01 UTC",
        "&#27;]52;c;", "    code", "\tcode", "a\n\n# Eve\n\n**Eve**, 1970", "a\r# b", "a\x0bb\x0cc", "a\u2028# b",
        "`x`",
        "$x$", "a  \n***\nb", ": definition", "^1", "a\\", "\\",
    ],
)  # fmt: skip
def test_no_text_makes_structure(text: str) -> None:
    lines = said(text)[5:]
    assert lines
    for line in lines:
        body = line.removeprefix(">").removeprefix(" ").rstrip(" ")
        assert line.startswith(">")
        assert not body.startswith(("#", ">", "-", "+", "*", "=", "|", "`", "~", "<", " ", "\t", ":"))
        assert not any(body[at] in "*_`[]<>#&|~!$" and body[at - 1 : at] != "\\" for at in range(len(body)))
        assert all(char.isprintable() or char == "\u00a0" for char in body)


def test_a_name_makes_none_either() -> None:
    assert said("hi", name="**Eve** <b>")[1] == r"# \*\*Eve\*\* \<b\>"


def test_numbers_that_begin_no_list_stay() -> None:
    assert escaped("12 apples, 3.5 kg") == "12 apples, 3.5 kg"
    assert escaped("1. apples") == "1\\. apples"


def test_what_is_gone_says_so() -> None:
    assert said(None)[-1] == "> *(not here any more)*"
    assert said(None, ttl=60)[-1] == "> *(of limited time)*"
