"""`chattor gateway` as a program: it tells where it listens, survives the node, and ends when it is asked to."""

import json
import subprocess
import sys

from tests.support.played import inhabited
from tests.support.served import hosted
from tests.support.shell import home
from tests.unit.websocket.test_gateway import program


async def test_it_says_where_it_is_and_outlives_the_node() -> None:
    with home() as shell:
        node = inhabited()
        token = (await node.door.agents_add("helper", ["bob"])).token
        process = await shell.start("gateway", "--port", "0", "--json")
        assert process.stdout
        url = json.loads(await process.stdout.readline())["url"]
        assert url.startswith("ws://127.0.0.1:")
        async with program(url) as client:
            assert (await client.call("agent.login", token=token))["error"]["data"]["code"] == "no_daemon"
        for _ in range(2):
            async with hosted(node, shell.paths.socket), program(url, token) as client:
                assert (await client.call("status"))["result"]["friends"] == 2
        taken = await shell.chattor("gateway", "--port", url.rpartition(":")[2])
        assert (taken.code, taken.out) == (1, "")
        assert "already in use" in taken.err
        process.terminate()
        assert await process.communicate() == (b"", b"")
        assert process.returncode == 0


async def test_what_is_no_origin_is_refused() -> None:
    with home() as shell:
        for origin in ("null", "*", "http://127.0.0.1:8000/", "example.org"):
            said = await shell.chattor("gateway", "--port", "0", "--origin", origin)
            assert (said.code, said.out) == (2, "")
            assert f"{origin} is no origin; one looks like http://127.0.0.1:8000." in said.err


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['websockets'] = None; from chattor.cli.app import main; sys.exit(main(['gateway']))"
    with home() as shell:
        ran = subprocess.run(
            [sys.executable, "-c", code], env=shell.surroundings(), capture_output=True, text=True, check=False
        )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert 'Install the extra: `pip install "chattor[mcp,ws]"`' in ran.stderr
