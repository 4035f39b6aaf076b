"""Page after page out of a node, into whatever takes text."""

from collections.abc import Callable
from pathlib import Path

from chattor.api import Api
from chattor.config.files import reason
from chattor.config.outfile import outfile
from chattor.errors import FileRefused
from chattor.transcript.form import FORMS


async def write(api: Api, form: str, friend: str | None, take: Callable[[str], object]) -> None:
    """A conversation, or all of them, in one of FORMS. Texts of limited time are left out."""
    lines = FORMS[form]()
    after = None
    while True:
        page = await api.export_page(friend, after)
        take("".join(f"{line}\n" for line in lines(page)))
        after = page.cursor
        if after is None:
            return


async def write_file(api: Api, form: str, friend: str | None, file: Path) -> None:
    """The same into a new file that only its owner can read. Raises FileExists, FileRefused."""
    try:
        with outfile(file, force=False) as out:
            await write(api, form, friend, lambda text: out.write(text.encode()))
    except OSError as error:
        raise FileRefused(f"{file} cannot be written: {reason(error)}") from error
