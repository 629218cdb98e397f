"""Statements end where the engine says they end, and nowhere else."""

from meadow.core.statements import split, words


def test_a_file_is_split_at_its_semicolons_without_comments() -> None:
    text = "-- first; of two\nSELECT 1 -- one;\n;\n/* and; */ SELECT 2 # three;\n;;\n  \n"
    assert split(text) == ("SELECT 1", "SELECT 2")


def test_text_and_names_may_hold_anything() -> None:
    text = r"""SELECT 'a;b''c\';--' AS "x;/*", `y;\`` , $tag$ ; ' $tag$, $$;$$"""
    assert split(text) == (text,)


def test_what_is_not_closed_stays_in_its_statement() -> None:
    assert split("SELECT 1 /* ; never closed") == ("SELECT 1",)
    assert len(split("SELECT 'never ; closed")) == 2  # the engine refuses both


def test_a_comment_parts_words() -> None:
    assert words(split("INTO/**/OUTFILE 'SELECT' `DROP` select")[0]) == ["INTO", "OUTFILE", "SELECT"]
