"""chattor/1 answers today what it answered when data/chattor-1.json was written."""

import hashlib
import json

import pytest

from chattor.crypto import certificate, passphrase
from chattor.crypto.keys import DhKey
from chattor.crypto.ratchet import Ratchet
from chattor.crypto.session import ratchet_keys
from chattor.protocol.frames import FrameType
from tests.support.dice import dice
from tests.vectors.known_answers import SECTIONS, known

FROZEN = {
    "identity": "55e1e6a0cf60014f66efecf5f54a41822874325a7ca098c53dbddbd55b76e757",
    "kem": "b659c167789bd488c3d303ef6cc2e522585a84b57ba520c10acaf898dac34f90",
    "handshake": "b65ad5ad0e4c40287830b089f282c2684c5e6857a57bb2f75c1aa1483e2639ea",
    "session": "9c2b9478266a40c5cf39b6d3bf31eb0d2a13ea186fce78ca9edf68a35843712a",
    "ratchet": "0c674f68da6ade9fd6bbaed4199d5123e4fdf5e3d6c29c07bb0b271ea358db19",
    "safety": "6018800bf8d2462e361abf9f4e874d347c0f3011323942f17932401688017c66",
    "keyfile": "3093ec1ff7d439ad6c4eac89555ef2153d21524fdadbfdf919d64a68777676bc",
    "guest": "d1facceceab7cdf53458c47089f65302cd6bb2490d2612847941f86efee74b68",
    "channel": "7dd1530cee72b73fa9cae596c6db47ccaa9da0f8820674ac3a87ed83c46b2b52",
    "channel_succession": "3bdcee91ef76b2a503a5d7459ea4341228e2d1129f8f4dfae4672bde3381eadc",
    "friend_code": "52f5fc76652d4260bf6a1a0613317d192b855b8e0b98c66056998fbcc7c45ba4",
    "frames": "621743420d22e7b5451872df26eb5c316e7b57daaddf3f82e53b0f9af7482177",
    "whispers": "f134af81bc84b4e61b274c08b03b696882128a85a741fb5f1e5cd60cdfcd6837",
    "record": "4e3b2dee1d746a5475b7f7a0559b5085ffaa053d0fecaee758449abfc2089fe4",
    "chain": "9e2664b37ed6fe475e972ecca16b30fb0c59da1f222d276ef74a46239240e764",
    "rotation": "a0dece861f9f8c947ee06c8f95549e0ce2890f421d13065ae94644d6c8007a43",
    "backup": "606cb54110b98f6934fd037a236c403fdcda6940ffff1f8613798268b54ea1fa",
    "link": "3c94598c93a674953013b5410bc3ff6866bff206d1832c4166599ec85d7eaf10",
}
"""SHA-256 of each section as compact JSON with sorted keys. A line is added with its section and never changed."""


@pytest.mark.parametrize("name", SECTIONS)
def test_what_was_recorded_is_frozen(name: str) -> None:
    recorded = json.dumps(known()[name], sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(recorded.encode()).hexdigest() == FROZEN[name]


def test_every_frame_there_is_was_recorded() -> None:
    recorded = [*known()["frames"].values(), *known()["whispers"].values()]
    assert {one["type"] for one in recorded} == set(FrameType)


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
