"""What a hostile or merely foreign string becomes before it is stored or drawn."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chattor.errors import BadInput
from chattor.protocol import limits
from chattor.text import describe, safe_name, safe_text, skeleton, terminal_safe

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "a1# \n\r\t\x1b\x9b\u202e\u200b\u200c\u200d\ufe0f\ufe0e\u0301\u20e3\u094d\u0915\u0645\U0001f469\U0001f3fd"
            "\U0001f3f4\U000e0067\U000e0062\U000e007f\U000e0101\u6f22\u3164\ud800\ue000\u00ad"
        ),
    ),
    max_size=60,
)

PLAIN = [
    "Hello, world! `code` [x](y) & <b>",
    "Grüße, naïve café, Ångström, e\u0301 o\u0308\u0323",
    "漢字かな交じり文、한국어, 中文。\u3000全角",
    "葛\U000e0100飾区 辻\ufe00",
    "مرحبا بالعالم ۱۲۳ ﷽ \u06dd",
    "می\u200cخواهم بروم",
    "क्\u200dष ക്\u200dഷ ශ්\u200dරී",
    "שלום עולם",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️ ☺︎ 1️⃣ #️⃣ 🇩🇪 🧑🏿‍🚀 🙂‍↕️",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "Z̈ạ̈ x̄̂",
    "un\u00a0espace\u202ffine",
    "line one\nline two\n\nline four",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_write_is_left_alone(text: str) -> None:
    assert safe_text(text, multiline=True) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇", id="input_106_clipboard_bel"),
        pytest.param("\x1b]52;c;aGk=\x1b\\", "␛]52;c;aGk=␛\\", id="input_106_clipboard_st"),
        pytest.param("\x9d52;c;aGk=\x9c", "⟨U+009D⟩52;c;aGk=⟨U+009C⟩", id="input_106_clipboard_c1"),
        pytest.param("\x1b]52;c;aGk=", "␛]52;c;aGk=", id="input_106_clipboard_unterminated"),
        pytest.param("\x1b[2J\x1b[6n\x1b[?1000h", "␛[2J␛[6n␛[?1000h", id="input_107_csi"),
        pytest.param("\x9b2J", "⟨U+009B⟩2J", id="input_107_csi_8_bit"),
        pytest.param("\x1bP1$r\x1b_G\x1b^x\x1bXx\x1bc", "␛P1$r␛_G␛^x␛Xx␛c", id="input_107_dcs_apc_pm_sos_ris"),
        pytest.param("good\rbad\b\b\v\f\0\x7f", "good␍bad␈␈␋␌␀␡", id="input_108_overwrite"),
        pytest.param("a\x85b\u2028c\u2029d", "a⟨U+0085⟩b⟨U+2028⟩c⟨U+2029⟩d", id="input_108_line_separators"),
        pytest.param("a\u202eb\u2066c\u200e\u061c", "a⟨U+202E⟩b⟨U+2066⟩c⟨U+200E⟩⟨U+061C⟩", id="input_109_bidi"),
        pytest.param("a\u200bb\u200dc\ufeffd", "a⟨U+200B⟩b⟨U+200D⟩c⟨U+FEFF⟩d", id="input_110_zero_width"),
        pytest.param("hi\U000e0068\U000e0069", "hi⟨U+E0068⟩⟨U+E0069⟩", id="input_110_tags"),
        pytest.param("a\ufe0f\U000e0150", "a⟨U+FE0F⟩⟨U+E0150⟩", id="input_110_smuggling_in_selectors"),
        pytest.param(
            "🙂\ufe0f\U000e0150\U000e0151", "🙂\ufe0f⟨U+E0150⟩⟨U+E0151⟩", id="input_110_smuggling_in_an_emoji"
        ),
        pytest.param("a\U0001f3fd", "a⟨U+1F3FD⟩", id="input_110_a_skin_tone_on_a_letter"),
        pytest.param("🍕\U0001f3fd", "🍕⟨U+1F3FD⟩", id="input_110_a_skin_tone_on_a_thing"),
        pytest.param("👍\U0001f3fd\U0001f3fd", "👍\U0001f3fd⟨U+1F3FD⟩", id="input_110_one_skin_tone_too_many"),
        pytest.param("\u3164\u00ad\u034f", "⟨U+3164⟩⟨U+00AD⟩⟨U+034F⟩", id="input_110_drawn_as_nothing"),
        pytest.param("a" + "\u0301" * 9 + "b", "a" + "\u0301" * 8 + "b", id="input_111_marks"),
        pytest.param("[@click=app.quit]x[/]", "[@click=app.quit]x[/]", id="input_112_markup"),
        pytest.param("\ue000\ufdd0\uffff\ud800\U0010ffff\u0378", "\ufffd" * 6, id="input_118_private_unassigned"),
        pytest.param("if x:\r\n\treturn", "if x:\n    return", id="tabs_and_windows_lines"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert safe_text(text, multiline=True) == shown


def test_line_feeds_stay_only_in_multiline_text() -> None:
    assert safe_text("a\nb", multiline=False) == "a␊b"


def test_input_108_a_flood_of_empty_lines_is_counted() -> None:
    assert safe_text("a" + "\n" * 10_000 + "b", multiline=True) == "a\n⟨9,999 empty lines⟩\nb"
    assert safe_text("a" + "\n \t" * 10_000 + "\n  b", multiline=True) == "a\n⟨10,000 empty lines⟩\n  b"


def test_input_108_a_flood_of_lines_is_folded_where_it_is_drawn() -> None:
    lines = safe_text("x\n" * 10_000, multiline=True, max_lines=200).split("\n")
    assert len(lines) == 200
    assert lines[-1] == "⟨9,802 more lines⟩"


def test_a_family_of_a_thousand_is_no_sequence() -> None:
    assert "⟨U+200D⟩" in safe_text("👩" + "\u200d👩" * 1000, multiline=True)


def test_input_111_marks_are_cut_before_normalisation_can_become_quadratic() -> None:
    """Quadratic, this one would not end before the time limit of a test."""
    pile = "a" + "\u0301\u0316" * 1_000_000
    assert len(safe_text(pile, multiline=True)) == 9
    assert skeleton(pile) == "a"


@pytest.mark.parametrize("text", ["w" * 1_000_000, "漢字" * 166_667, "🙂" * 250_000], ids=["ascii", "cjk", "emoji"])
def test_input_116_a_megabyte_of_plain_text_is_quick(text: str) -> None:
    assert safe_text(text, multiline=True) == text


@given(HOSTILE, st.booleans())
@example("क्\u200d" + "\u0301" * 9, True)
@example("🏴\U000e0067\U000e0062\U000e007f", True)
def test_no_control_or_bidi_character_survives(text: str, multiline: bool) -> None:
    clean = safe_text(text, multiline=multiline)
    assert not CONTROL.search(clean)
    assert not BIDI.search(clean)
    assert multiline or "\n" not in clean
    clean.encode()


@given(HOSTILE)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    clean = safe_text(text, multiline=True)
    assert safe_text(clean, multiline=True) == clean


@given(HOSTILE, st.integers(1, 30), st.integers(1, 4))
def test_cutting_is_stable_and_within_its_limits(text: str, limit: int, max_lines: int) -> None:
    cut = safe_text(text, multiline=True, limit=limit, max_lines=max_lines)
    assert len(cut) <= limit
    assert cut.count("\n") < max_lines
    assert safe_text(cut, multiline=True, limit=limit, max_lines=max_lines) == cut


@given(HOSTILE)
def test_the_guard_leaves_clean_lines_alone_and_cleans_the_rest(text: str) -> None:
    clean = safe_text(text, multiline=False)
    assert terminal_safe(clean) == clean
    guarded = terminal_safe(text)
    assert not CONTROL.search(guarded)
    assert not BIDI.search(guarded)
    assert "\n" not in guarded


@pytest.mark.parametrize(
    ("given_name", "stored"),
    [("  Alice  ", "Alice"), ("Anne\u00a0 Marie", "Anne Marie"), ("e\u0301", "é"), ("山田\u3000太郎", "山田 太郎")],
)
def test_a_name_is_trimmed_and_normalised(given_name: str, stored: str) -> None:
    assert safe_name(given_name) == stored
    assert safe_name(stored) == stored


def test_a_name_may_be_emoji() -> None:
    assert safe_name("👩‍👩‍👧‍👦" * 4) == "👩‍👩‍👧‍👦" * 4


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("", "a name needs a visible character", id="empty"),
        pytest.param("  \u3000 ", "a name needs a visible character", id="input_114_only_spaces"),
        pytest.param("\u0301\u0302", "a name needs a visible character", id="only_marks"),
        pytest.param("\u2800", "a name needs a visible character", id="braille_blank"),
        pytest.param("Al\u200bice", "a name cannot hold U+200B ZERO WIDTH SPACE", id="input_110_zero_width"),
        pytest.param("Al\u200dice", "a name cannot hold U+200D ZERO WIDTH JOINER", id="input_110_joiner"),
        pytest.param("Alice\U000e0041", "a name cannot hold U+E0041 TAG LATIN CAPITAL LETTER A", id="input_110_tag"),
        pytest.param("\u3164", "a name cannot hold U+3164 HANGUL FILLER", id="input_110_filler"),
        pytest.param("\u202ecila", "a name cannot hold U+202E RIGHT-TO-LEFT OVERRIDE", id="input_109_bidi"),
        pytest.param("🏽🏽", "a name cannot hold U+1F3FD EMOJI MODIFIER FITZPATRICK TYPE-4", id="only_skin_tones"),
        pytest.param("a\nb", "a name cannot hold U+000A", id="two_lines"),
        pytest.param("a\x1b[2Jb", "a name cannot hold U+001B", id="input_107_escape"),
        pytest.param("a" + "\u0301" * 9, "a name cannot hold U+0301 COMBINING ACUTE ACCENT", id="input_111_marks"),
        pytest.param("x" * 33, "a name has at most 32 characters, this one has 33", id="too_long"),
        pytest.param("x" * 1_000_000, "a name has at most 32 characters", id="a_megabyte"),
    ],
)
def test_a_name_that_hides_something_is_refused(name: str, why: str) -> None:
    with pytest.raises(BadInput, match=f"^{re.escape(why)}$"):
        safe_name(name)


@given(HOSTILE)
def test_a_name_is_refused_or_stable_short_and_clean(text: str) -> None:
    try:
        name = safe_name(text)
    except BadInput:
        return
    assert safe_name(name) == name
    assert safe_text(name, multiline=False) == name
    assert unicodedata.is_normalized("NFC", name)
    assert 0 < len(name) <= limits.NAME_MAX


@pytest.mark.parametrize(
    "twin", ["Аlice", "AIice", "aliсe", "Ａlice", "𝐀lice", "A l i c e", "ALICE", "a1ice", "Alicé", "Ali\u200cce"]
)
def test_input_114_look_alikes_share_a_skeleton(twin: str) -> None:
    assert twin != "Alice"
    assert skeleton(twin) == skeleton("Alice")


@pytest.mark.parametrize(("one", "other"), [("rnary", "mary"), ("Воb", "Bob"), ("Ηelen", "Helen"), ("vvill", "will")])
def test_input_114_more_look_alikes(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Alice", "Alicia"), ("Bob", "Rob"), ("Anna", "Hanna"), ("田中", "田口")])
def test_different_names_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_a_character_is_named_in_safe_words() -> None:
    assert describe("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert describe("\x1b") == "U+001B"
