"""How long the texts of gas are."""

WORD = 32
KEY_CHARS_MAX = 128
PARTY_CHARS_MAX = 64
