"""The first message of a client: `agent.login` and nothing else. Nothing of it is handed to the node as it came."""

from typing import Final

from msgspec import Struct

from chattor.errors import BadToken
from chattor.rpc import contract, jsonrpc
from chattor.rpc.contract import Refused
from chattor.rpc.jsonrpc import Call, Fault, Id

_LOGIN: Final = contract.method("agent_login")
_WANTED: Final = Fault(
    code=jsonrpc.INVALID_REQUEST, kind=BadToken.code, message=f"the first call is {_LOGIN.name}", hint=BadToken("").hint
)


class Login(Struct, frozen=True):
    """A token was shown."""

    id: Id
    token: str

    def __repr__(self) -> str:
        return "Login()"  # a token is in no log

    @property
    def line(self) -> bytes:
        """The call, for the node."""
        return jsonrpc.ask(self.id, _LOGIN.name, contract.encode({"token": self.token}))


def read(message: bytes) -> Login | bytes:
    """The token in a first message, or the answer to whatever else it is."""
    incoming = jsonrpc.read(message)
    entry = incoming.entries[0]
    if incoming.batch or not isinstance(entry, Call) or entry.method != _LOGIN.name or entry.id is None:
        return jsonrpc.refuse(entry.id, _WANTED)
    try:
        return Login(entry.id, _LOGIN.bind(entry.params)["token"])
    except Refused as error:
        return jsonrpc.refuse(entry.id, error.fault)
