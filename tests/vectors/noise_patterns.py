"""The handshake patterns of the Noise specification (§7.4, §7.5, appendix B) as data, for the published vectors.

`<s` and `>s` are pre-messages: the responder's and the initiator's static key is known. Messages are parted by `|`.
"""

from chattor.crypto.noise import Pattern

_PATTERNS = {
    "N": "<s e es",
    "K": ">s <s e es ss",
    "X": "<s e es s ss",
    "NN": "e | e ee",
    "NK": "<s e es | e ee",
    "NX": "e | e ee s es",
    "XN": "e | e ee | s se",
    "XK": "<s e es | e ee | s se",
    "XX": "e | e ee s es | s se",
    "KN": ">s e | e ee se",
    "KK": ">s <s e es ss | e ee se",
    "KX": ">s e | e ee se s es",
    "IN": "e s | e ee se",
    "IK": "<s e es s ss | e ee se",
    "IX": "e s | e ee se s es",
    "NK1": "<s e | e ee es",
    "NX1": "e | e ee s | es",
    "X1N": "e | e ee | s | se",
    "X1K": "<s e es | e ee | s | se",
    "XK1": "<s e | e ee es | s se",
    "X1K1": "<s e | e ee es | s | se",
    "X1X": "e | e ee s es | s | se",
    "XX1": "e | e ee s | es s se",
    "X1X1": "e | e ee s | es s | se",
    "K1N": ">s e | e ee | se",
    "K1K": ">s <s e es | e ee | se",
    "KK1": ">s <s e | e ee se es",
    "K1K1": ">s <s e | e ee es | se",
    "K1X": ">s e | e ee s es | se",
    "KX1": ">s e | e ee se s | es",
    "K1X1": ">s e | e ee s | se es",
    "I1N": "e s | e ee | se",
    "I1K": "<s e es s | e ee | se",
    "IK1": "<s e s | e ee se es",
    "I1K1": "<s e s | e ee es | se",
    "I1X": "e s | e ee s es | se",
    "IX1": "e s | e ee se s | es",
    "I1X1": "e s | e ee s | se es",
}


def pattern_of(protocol: str) -> Pattern:
    """The pattern of a protocol name such as `Noise_XXpsk3_25519_ChaChaPoly_SHA256`."""
    name, _, place = protocol.split("_")[1].partition("psk")
    text = _PATTERNS[name]
    messages = [[token for token in part.split() if token not in ("<s", ">s")] for part in text.split("|")]
    if place == "0":
        messages[0].insert(0, "psk")
    elif place:
        messages[int(place) - 1].append("psk")
    return Pattern(
        protocol,
        tuple(tuple(tokens) for tokens in messages),
        initiator_known=">s" in text,
        responder_known="<s" in text,
    )
