"""`chattor completion SHELL`, and what its script asks for at every Tab."""

import os
from typing import Final

import click
from click import shell_completion

from chattor.cli import output
from chattor.cli.root import root

ASKED: Final = "_CHATTOR_COMPLETE"
"""Set by the scripts: `bash_complete` and the like."""
_SHELLS: Final = ("bash", "zsh", "fish")
_FAILED: Final = 1


@root.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print what makes a shell complete verbs, options and friends.

    bash: eval "$(chattor completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc, below compinit.
    fish: chattor completion fish > ~/.config/fish/completions/chattor.fish
    """
    kind = shell_completion.get_completion_class(shell)
    assert kind is not None  # noqa: S101  all of _SHELLS are click's own
    output.write(kind(root, {}, "chattor", ASKED).source().rstrip("\n"))


def asked() -> bool:
    """Whether a shell wants completions instead of a verb."""
    return ASKED in os.environ


def answer() -> int:
    """Tell the shell what fits. Whatever goes wrong must not land between what somebody is typing."""
    try:
        return shell_completion.shell_complete(root, {}, "chattor", ASKED, os.environ[ASKED])
    except Exception:  # noqa: BLE001  the root of a face that has no place for an error
        return _FAILED
