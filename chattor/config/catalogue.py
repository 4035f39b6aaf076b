"""The settings as a list: every key with its value, default, choices and meaning, all read off `settings.Settings`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from chattor.config import settings
from chattor.config.settings import Settings
from chattor.errors import BadInput, NoSetting
from chattor.model.settings import Setting
from chattor.words import meant

_RESTART: Final = frozenset({"tor", "log"})
"""Sections a node reads at its start only …"""
_AT_ONCE: Final = frozenset({"tor.friends_only"})
"""… but for these."""
_FREE: Final = re.compile(rf"{settings.FREE}\.[a-z][a-z-]{{0,40}}")
_KEYS: Final = "Keys of the TUI for this, parted by commas, or none; unset, those of terminal.keys."
_WORDS: Final = {True: "on", False: "off"}


def listed(values: Settings) -> list[Setting]:
    """Every setting, section by section; of the free section what is set."""
    own = [_free(name, text) for name, text in values.keymap.items()]
    return [_setting(section, name, meta, values) for section, name, meta in _fields()] + own


def named(values: Settings, key: str) -> Setting:
    """One setting by its dotted name. Raises NoSetting with a guess at what was meant."""
    for one in listed(values):
        if one.key == key:
            return one
    if _FREE.fullmatch(key):
        return _free(key.partition(".")[2], "")
    raise NoSetting(f"there is no such setting{meant(key, settings.keys())}")


def schema() -> dict[str, Any]:
    """What settings.toml may say, as a JSON schema: editors complete and check by it."""
    described = msgspec.json.schema(Settings, schema_hook=lambda _: {"type": "string"})  # a path is a text there
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "chattor settings.toml"} | described


def typed(key: str, value: str) -> str | int | bool | list[str]:
    """A value given as text, as TOML has it; of a list one entry a line.

    Raises NoSetting for an unknown key, BadInput for several values of what is no list; what does not fit stays a text.
    """
    if _FREE.fullmatch(key):
        return value
    kinds = settings.keys()
    if key not in kinds:
        raise NoSetting(f"there is no such setting{meant(key, kinds)}")
    kind = _bare(kinds[key])
    if kind is bool and value in _WORDS.values():
        return value == _WORDS[True]
    if _is_list(kind):
        return [line for line in map(str.strip, value.split("\n")) if line]
    if "\n" in value:
        raise BadInput(f"{key} takes one value")
    if kind is int and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


def _fields() -> Iterator[tuple[str, str, Meta]]:
    return ((section.name, field.name, _meta(field.type)) for section, field in settings.fields())


def _free(name: str, text: str) -> Setting:
    return Setting(key=f"{settings.FREE}.{name}", value=text, default="", choices=[], help=_KEYS, restart=False)


def _setting(section: str, name: str, meta: Meta, values: Settings) -> Setting:
    kind = _bare(settings.keys()[f"{section}.{name}"])
    choices = list(get_args(kind)) if get_origin(kind) is Literal else list(_WORDS.values()) if kind is bool else []
    return Setting(
        key=f"{section}.{name}",
        value=_text(getattr(getattr(values, section), name)),
        default=_text(getattr(getattr(Settings(), section), name)),
        choices=choices,
        help=meta.description or "",
        restart=section in _RESTART and f"{section}.{name}" not in _AT_ONCE,
        many=_is_list(kind),
    )


def _meta(kind: object) -> Meta:
    return next(note for note in get_args(kind)[1:] if isinstance(note, Meta))


def _bare(kind: object) -> object:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_list(kind: object) -> bool:
    return get_origin(kind) is tuple


def _text(value: str | int | bool | Path | tuple[str, ...] | None) -> str:
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)
