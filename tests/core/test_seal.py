"""Secrets are sealed for one record, opened by any key that is given, and shown by nothing."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from meadow.core.errors import BadSettings, Sealed
from meadow.core.seal import KEY_CHARS_MIN, KEYS_MAX, Seal

OLD, NEW = "old-" + "k" * 40, Fernet.generate_key().decode()


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.text(max_size=50, alphabet=st.characters(exclude_categories=["Cs"])),
)
def test_what_is_sealed_opens(secret: str, about: str) -> None:
    seal = Seal([NEW])
    sealed = seal.seal(secret, about)
    assert sealed.isascii()
    assert seal.open(sealed, about) == secret


def test_the_same_secret_is_never_sealed_the_same_way() -> None:
    seal = Seal([NEW])
    assert seal.seal("s3cret", "a") != seal.seal("s3cret", "a")


def test_it_opens_for_no_other_record() -> None:
    seal = Seal([NEW])
    with pytest.raises(Sealed, match="cluster/rival/eu is another's"):
        seal.open(seal.seal("s3cret", "cluster/acme/eu"), "cluster/rival/eu")


def test_rotation() -> None:
    before, during, after = Seal([OLD]), Seal([NEW, OLD]), Seal([NEW])
    old = before.seal("s3cret", "a")
    assert during.open(old, "a") == "s3cret"
    assert before.by_first(old)
    assert not during.by_first(old)
    again = during.seal(during.open(old, "a"), "a")
    assert during.by_first(again)
    assert after.open(again, "a") == "s3cret"
    with pytest.raises(Sealed):
        after.open(old, "a")
    with pytest.raises(Sealed):
        before.open(again, "a")


@pytest.mark.parametrize("sealed", ["", "no token", "gAAAA", "ü", "gAAAAAB" + "A" * 100])
def test_what_is_no_seal_is_a_typed_error(sealed: str) -> None:
    seal = Seal([NEW])
    with pytest.raises(Sealed, match="No key"):
        seal.open(sealed, "a")
    assert not seal.by_first(sealed)


def test_a_seal_of_something_else_is_a_typed_error() -> None:
    seal = Seal([NEW])
    for inner in (b"[]", b"3", b'{"about": "a"}', b"\xff"):
        with pytest.raises(Sealed):
            seal.open(seal._first.encrypt(inner).decode(), "a")


@pytest.mark.parametrize("keys", [[], ["short"], ["k" * (KEY_CHARS_MIN - 1)], [NEW, " " * 40], [NEW] * (KEYS_MAX + 1)])
def test_keys_that_will_not_do_are_refused_without_being_said(keys: list[str]) -> None:
    with pytest.raises(BadSettings) as refused:
        Seal(keys)
    assert all(key.strip() not in str(refused.value) for key in keys if key.strip())


def test_keys_as_the_environment_holds_them() -> None:
    seal = Seal.from_text(f" {NEW} ,\n{OLD},")
    assert seal.by_first(Seal([NEW]).seal("s", "a"))
    assert seal.open(Seal([OLD]).seal("s", "a"), "a") == "s"
    with pytest.raises(BadSettings):
        Seal.from_text("")


def test_nothing_shows_a_key() -> None:
    seal = Seal([OLD, NEW])
    for text in (repr(seal), str(seal), repr(seal._first), repr(seal._all)):
        assert OLD not in text
        assert NEW not in text
