"""A token is worth something to its bearer only, as it was given, and to nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cursor import Bearer, Cookie, CookieInvalid, PageInvalid, Signer

ANN = Bearer("ann", "phone", 1)
COOKIE = Cookie("generation01", 981, 1_800_000_000)
SIGNER = Signer("new secret", "old secret")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=\x00é"


@given(seq=st.integers(0, 2**62), issued_s=st.integers(0, 2**40), epoch=st.integers(1, 2**50))
def test_a_cookie_comes_back_as_it_was_given(seq: int, issued_s: int, epoch: int) -> None:
    bearer = replace(ANN, epoch=epoch)
    given_out = Cookie("a-generation-with-a-long-name", seq, issued_s)
    read = SIGNER.read_cookie(SIGNER.cookie(given_out, bearer), bearer)
    assert read == replace(given_out, generation="th-a-long-name"[-12:])


@pytest.mark.parametrize("other", [replace(ANN, user="bo"), replace(ANN, device="other"), replace(ANN, epoch=2)])
def test_a_token_is_worth_nothing_to_another(other: Bearer) -> None:
    with pytest.raises(CookieInvalid):
        SIGNER.read_cookie(SIGNER.cookie(COOKIE, ANN), other)
    with pytest.raises(PageInvalid):
        SIGNER.read_page(SIGNER.page({"c": 1}, ANN), other)


@given(at=st.integers(0, 200), put=st.sampled_from(ALPHABET))
def test_any_changed_character_is_refused(at: int, put: str) -> None:
    token = SIGNER.cookie(COOKIE, ANN)
    at %= len(token)
    changed = token[:at] + put + token[at + 1 :]
    if changed == token:
        return
    with pytest.raises(CookieInvalid):
        SIGNER.read_cookie(changed, ANN)


def test_the_unused_bits_of_the_last_character_count_too() -> None:
    for length in range(1, 4):
        token = SIGNER.sign(b"c1", b"x" * length, ANN)
        others = [token[:-1] + last for last in ALPHABET[:64] if last != token[-1]]
        assert [other for other in others if SIGNER.read(b"c1", other, ANN) is not None] == []


@given(token=st.text(max_size=80) | st.text(ALPHABET, max_size=80))
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(CookieInvalid):
        SIGNER.read_cookie(token, ANN)


@pytest.mark.parametrize("edit", [lambda t: t + "=", lambda t: t + "\n", lambda t: " " + t, lambda t: t + "AAAA"])
def test_a_token_has_one_spelling(edit: object) -> None:
    assert callable(edit)
    with pytest.raises(CookieInvalid):
        SIGNER.read_cookie(edit(SIGNER.cookie(COOKIE, ANN)), ANN)


def test_a_page_is_no_cookie_and_a_cookie_no_page() -> None:
    with pytest.raises(CookieInvalid):
        SIGNER.read_cookie(SIGNER.page({"c": 1}, ANN), ANN)
    with pytest.raises(PageInvalid):
        SIGNER.read_page(SIGNER.cookie(COOKIE, ANN), ANN)


def test_an_old_secret_still_reads_and_a_foreign_one_never() -> None:
    token = Signer("old secret").cookie(COOKIE, ANN)
    assert SIGNER.read_cookie(token, ANN).seq == COOKIE.seq
    with pytest.raises(CookieInvalid):
        Signer("new secret").read_cookie(token, ANN)
    with pytest.raises(CookieInvalid):
        Signer("old secret").read_cookie(SIGNER.cookie(COOKIE, ANN), ANN)
