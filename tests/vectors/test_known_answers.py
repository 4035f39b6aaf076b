"""chattor/1 answers today what it answered when data/chattor-1.json was written."""

import pytest

from chattor.crypto import certificate, passphrase
from chattor.crypto.keys import DhKey
from chattor.crypto.ratchet import Ratchet
from chattor.crypto.session import ratchet_keys
from tests.support.dice import dice
from tests.vectors.known_answers import SECTIONS, known


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_still_holds(name: str) -> None:
    recorded = known()[name]
    assert SECTIONS[name](recorded) == recorded


def test_the_recorded_certificate_parses() -> None:
    recorded = known()["identity"]
    shown = certificate.parse(bytes.fromhex(recorded["certificate"]))
    assert (shown.epoch, shown.created_ms) == (recorded["epoch"], recorded["created_ms"])


def test_the_recorded_keyfile_opens() -> None:
    recorded = known()["keyfile"]
    opened = passphrase.open(bytes.fromhex(recorded["keyfile"]), recorded["passphrase"])
    assert opened.hex() == recorded["data_key"]


def test_the_recorded_conversation_is_read_by_a_responder_made_from_it() -> None:
    recorded = known()["ratchet"]
    keys, own = ratchet_keys(bytes.fromhex(recorded["sk"])), DhKey(bytes.fromhex(recorded["responder_key"]))
    reader = Ratchet.responder(keys, own, bytes.fromhex(recorded["ad"]), dice("chattor/1 ratchet R"))
    for message in recorded["messages"]:
        if message["from"] == "I":
            assert reader.decrypt(bytes.fromhex(message["wire"])).decode() == message["text"]
        else:
            assert reader.encrypt(message["text"].encode()).hex() == message["wire"]
