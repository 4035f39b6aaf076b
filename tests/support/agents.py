"""An agent's end of `chattor mcp`: the SDK's own client, over stdio, with a real process of ours."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent

from chattor.api import Api
from chattor.model.agent import Scope
from tests.support.played import PlayedNode
from tests.support.shell import Shell, shell_with


class Program:
    """An agent that calls tools."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def use(self, tool: str, **arguments: Any) -> Any:
        """What a tool answers; a list stands in `result`. Its text says the same as its structure."""
        answer = await self.client.call_tool(tool, arguments)
        assert isinstance(answer, CallToolResult)
        (content,) = answer.content
        assert isinstance(content, TextContent)
        assert json.loads(content.text) == answer.structured_content
        assert content.text.isascii()
        assert answer.is_error == ("error" in answer.structured_content)
        return answer.structured_content.get("result", answer.structured_content)


def command(shell: Shell, token: str) -> StdioServerParameters:
    """How the SDK starts `chattor mcp` with a token."""
    file = shell.home / "token"
    file.touch(mode=0o600)
    file.write_text(token + "\n")
    arguments = ["-m", "chattor", "mcp", "--token-file", str(file)]
    return StdioServerParameters(command=sys.executable, args=arguments, env=shell.surroundings())


@asynccontextmanager
async def program(
    node: PlayedNode, *send_to: str, scopes: list[Scope] | None = None
) -> AsyncIterator[tuple[Api, Program]]:
    """The human at a node, and an agent of his in a process of its own."""
    async with shell_with(node) as shell:
        token = (await node.door.agents_add("helper", list(send_to), scopes)).token
        async with Client(stdio_client(command(shell, token))) as client:
            yield node.door, Program(client)
