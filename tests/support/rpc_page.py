"""docs/rpc.md, written from the contract: `python -m tests.support.rpc_page docs/rpc.md`."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from chattor.rpc import contract, jsonrpc
from chattor.rpc.session import Limits

Schema = Mapping[str, Any]
_LIMITS: Final = Limits()
_HEAD: Final = f"""\
# The JSON-RPC interface

This page is written by `make docs` from the annotations of `chattor.api`; `chattor rpc describe --json` says the same
with JSON schemas. Methods, parameters and fields may be added; none is renamed or taken away.

A running node, the daemon or the window, answers on a Unix socket. `chattor paths` tells where; only processes of the
same user get an answer. It speaks [JSON-RPC 2.0](https://www.jsonrpc.org/specification), one object or batch a line,
in strict UTF-8 JSON: no NaN, no key twice, integers up to 2^53.

```console
$ echo '{{"jsonrpc":"2.0","id":1,"method":"status"}}' | socat - UNIX:"$(chattor paths --json | jq -r .socket)"
```

- **Parameters** are taken by name. What does not fit is answered with -32602 and names the parameter.
- **Ids** are integers or strings of at most {jsonrpc.WORD_MAX} characters. A call without an id is a notification: it
  is done and never answered, whatever is wrong with it.
- **Answers** come as they are ready, not in the order of the calls; calls on one connection run side by side.
- **Batches** hold 1 to {jsonrpc.BATCH_MAX} calls, done one after the other and answered in one line. Once the answers
  have {_LIMITS.answers:,} bytes, those that are left are not done and answered with `busy`.
- **Subscriptions**: `events.subscribe` answers `{{"subscription": N}}`; then come notifications `events.item` with
  `{{"subscription": N, "item": …}}`, and one `events.end` with `{{"subscription": N, "error": …}}`, where the error is
  null if the subscription was ended or the node stops. It cannot be part of a batch.
- **Errors** are `{{"code", "message", "data": {{"code", "hint"}}}}`: `data.code` is one of the words
  [below](#errors) and stays what it is, the message is for people, the hint says what to do.
- **Limits**: {_LIMITS.clients} connections, one more is told `busy`; a line of {jsonrpc.LINE_MAX:,} bytes;
  {_LIMITS.calls} calls at once on a connection, subscriptions among them. A connection that sends nothing, or
  half a line, for {_LIMITS.idle:g} s is closed. A client that leaves
  {_LIMITS.backlog:,} bytes unread for {_LIMITS.stall:g} s is dropped; nobody else notices, and it may
  come back with its cursor. What takes a `limit` is looked up one after the other, each when the answer before it has
  been read.
- **Once only**: `send` with a `key` of the caller's choosing may be repeated; it answers with the first message.
- **A locked node** answers `status`, `unlock` and `stop`, everything else with `locked`.
- **Times** are ISO 8601 in UTC with milliseconds; ids and cursors are strings without a meaning of their own.
"""


def page() -> str:
    """All of it."""
    described = contract.describe()
    methods: list[Schema] = described["methods"]
    types: Mapping[str, Schema] = {name: schema for one in methods for name, schema in _own(one)} | described["$defs"]
    lines = [_HEAD, "## Methods", ""]
    for method in methods:
        lines += _method(method)
    lines += ["## Types", ""]
    for name in sorted(types):
        lines += _type(name, types[name])
    return "\n".join([*lines, *_errors(described["errors"])])


def _own(method: Schema) -> Iterator[tuple[str, Schema]]:
    yield from method["params"].get("$defs", {}).items()


def _method(method: Schema) -> Iterator[str]:
    yield f"### {method['name']}"
    yield ""
    yield method["doc"]
    yield ""
    required, properties = method["params"]["required"], method["params"]["properties"]
    yield from _table("parameter", properties, required)
    yield f"{'Items' if method['stream'] else 'Answer'}: {_shown(method['result'])}"
    yield ""


def _type(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield schema.get("description", "")
    yield ""
    if "enum" in schema:
        yield f"One of {', '.join(f'`{one}`' for one in schema['enum'])}."
        yield ""
    else:
        yield from _table("field", schema["properties"], schema["required"])


def _table(head: str, properties: Schema, required: list[str]) -> Iterator[str]:
    if not properties:
        return
    yield f"| {head} | type | default |"
    yield "|---|---|---|"
    for name, schema in properties.items():
        default = "" if name in required else f"`{json.dumps(schema['default'])}`"
        yield f"| `{name}` | {_shown(schema)} | {default} |"
    yield ""


def _shown(schema: Schema) -> str:
    """A schema in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(_shown, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(map(_shown, schema['prefixItems']))}]"
    if schema["type"] == "array":
        return f"list of {_shown(schema['items'])}"
    if schema["type"] == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_shown(schema['additionalProperties'])}"
    return str(schema["type"])


def _errors(errors: list[Schema]) -> Iterator[str]:
    yield "## Errors"
    yield ""
    yield "Beside them `parse_error` (-32700), `bad_request` (-32600), `unknown_method` (-32601), `bad_params` (-32602)"
    yield "for what is no call of this interface, or one too many. All that follow have the number -32000,"
    yield "`internal` has -32603. The exit code is that of the command line."
    yield ""
    yield "| code | exit code | what to do |"
    yield "|---|---|---|"
    for one in errors:
        yield f"| `{one['code']}` | {one['exit']} | {one['hint']} |"
    yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
