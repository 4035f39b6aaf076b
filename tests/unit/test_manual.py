"""The manual pages are current, and every reader of roff takes them."""

import subprocess
from pathlib import Path

import pytest

from chattor.cli import root
from tests.support import manual

PAGES = Path(__file__).parents[2] / "packaging/man"


@pytest.mark.parametrize("file", manual.pages())
def test_a_page_says_what_the_program_says(file: str) -> None:
    assert (PAGES / file).read_text() == manual.pages()[file], "`make man` writes it anew"


def test_the_order_of_the_verbs_is_of_all_of_them() -> None:
    assert sorted(root.ORDER) == sorted(root.root.commands)


@pytest.mark.parametrize("file", manual.pages())
def test_a_page_is_clean_for_mandoc_and_groff(file: str) -> None:
    mandoc = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGES / file], capture_output=True, text=True)
    complaints = [line for line in mandoc.stdout.splitlines() if "missing date" not in line]  # every build is the same
    groff = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", PAGES / file], capture_output=True, text=True)
    assert (complaints, groff.stderr, groff.returncode) == ([], "", 0)


@pytest.mark.parametrize("text", [".so /etc/passwd", "'br", "\\fB", "a-b", "caf\xe9"])
def test_no_text_is_a_request_or_an_escape(text: str) -> None:
    page = f".TH X 1\n.SH NAME\n{manual.roff(text)}\n"
    shown = subprocess.run(["mandoc", "-T", "utf8"], input=page, capture_output=True, text=True, check=True).stdout
    assert text in shown.replace("\N{HYPHEN}", "-")
