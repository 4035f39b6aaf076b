"""Looks for what must not be readable in anything the programs left on disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path


def search(directories: tuple[Path, ...], secrets: Mapping[str, bytes]) -> list[str]:
    """Where any of the secrets, by what they are, is readable: `NAME in FILE` each. Sockets and pipes are passed by."""
    found = []
    for path in sorted(_files(directories)):
        content = path.read_bytes()
        found += [f"{name} in {path}" for name, secret in secrets.items() if secret in content]
    return found


def _files(directories: tuple[Path, ...]) -> Iterator[Path]:
    for directory in directories:
        for path in directory.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path
