"""The search grammar refuses with a place in the text, and never fails: any text is a statement or a refusal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meadow.core.errors import BadQuestion
from meadow.core.scope import Permission
from meadow.query.grammar.fields import FIELDS
from meadow.query.grammar.parse import TOKENS_MAX, VALUES_MAX, WORDS_MAX, parse
from meadow.query.grammar.values import VALUE_CHARS_MAX
from tests.house.tree import ROOT
from tests.query.conftest import Api

ALL = frozenset(Permission)
NOW_S = 1_795_000_000.0


REFUSED = [
    ('state:FAILURE "open', '"open'),
    ('name:"open', '"open'),
    (r'"open\"', r'"open\"'),
    ("name:", "name:"),
    ("a name: b", "name:"),
    ("name:a,", "name:a,"),
    ("name:,a", "name:"),
    ("name:>", "name:>"),
    ("colour:red", "colour"),
    ("stat:FAILURE", "stat"),
    ("runtime:slow", "slow"),
    ("runtime:2x", "2x"),
    ("runtime:>", "runtime:>"),
    ("runtime:5s..1s", "5s..1s"),
    ("runtime:1s,..", ".."),
    ("retries:-1", "-1"),
    ("retries:1.5", "1.5"),
    ("retries:>1..2", ">1..2"),
    ("sent:yesterday", "yesterday"),
    ("sent:>0001-01-01T00:00:00", ">0001-01-01T00:00:00"),
    ("name:>b", ">b"),
    ("state:<FAILURE", "<FAILURE"),
    ("a OR", "OR"),
    ("OR a", "OR"),
    ("a AND", "AND"),
    ("a NOT", "NOT"),
    ("a OR AND b", "OR"),
    ("-(", "("),
    ("()", "("),
    ("a (b", "("),
    ("a ) b", ")"),
    ("') drop", ")"),
    ("((((((a))))))", "("),
    ('a ""', '""'),
    ('a "  "', '"  "'),
    ("a b c d e f g h i", "i"),
    (f"name:{'x' * 256}", "x" * 256),
]


def test_what_is_refused_is_shown_where_it_stands() -> None:
    for q, marked in REFUSED:
        with pytest.raises(BadQuestion) as refused:
            parse(q, NOW_S, ALL)
        extra = refused.value.extra
        assert (q, q[extra["position"] :][: extra["length"]]) == (q, marked)
        assert extra["field"] == "q"
        assert extra["accepts"]
        assert str(refused.value).endswith(".")


async def test_an_unknown_field_is_told_the_nearest(api: Api) -> None:
    _, body = await api.ask("/tasks", q="a stat:FAILURE")
    assert (body["position"], body["length"]) == (2, 4)
    assert "Did you mean `state`?" in body["detail"]
    assert body["accepts"] == list(FIELDS)


async def test_bounds(api: Api) -> None:
    assert (await api.ask("/tasks", q="-" * 2_000))[0] == 400
    assert (await api.ask("/tasks", q="-" * 100 + "a"))[0] == 200
    assert (await api.ask("/tasks", q="(" * 2_000))[0] == 400
    assert (await api.ask("/tasks", q="state:" + ",".join("abcdefghij" * 10)))[0] == 200
    assert (await api.ask("/tasks", q="state:" + ",".join("abcdefghij" * 11)))[0] == 400
    assert (await api.ask("/tasks", q=" ".join(f"retries:>{n}" for n in range(90))))[0] == 200
    assert (await api.ask("/tasks", q="x" * 2_049))[0] == 400


async def test_nothing_is_no_search(api: Api) -> None:
    for q in ("", "   ", "\t\n"):
        assert (await api.ask("/tasks", q=q))[0] == 200


SPECIAL = st.sampled_from(
    [
        *FIELDS,
        *"():-*,.\"\\'=<>%_ \n0",
        "..",
        ">=",
        "AND",
        "OR",
        "NOT",
        ": ",
        ":>",
        ":*",
        "now-1h",
        "2s",
        "2026-01-31",
        "state:",
        "é☃",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(SPECIAL, max_size=14).map("".join), st.lists(SPECIAL, max_size=9).map(" ".join)
)
CLAUSES = st.builds(
    "{}{}:{}{}".format,
    st.sampled_from(["", "-", "NOT ", "a OR ", "(("]),
    st.sampled_from(list(FIELDS)),
    st.sampled_from(["", "=", ">", ">=", "<"]),
    st.sampled_from(
        ["1", "*", "a*b", '"x y"', "1..2", "2s", "now", "a,b", "k=v", "\\", "%", "'", '"\\""', "1e9", "999999999d"]
    ),
)


@given(TEXTS)
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        parse(text, NOW_S, ALL)
    except BadQuestion as error:
        position, length = error.extra["position"], error.extra["length"]
        assert 0 <= position < position + length <= len(text)


async def test_any_text_is_answered_or_refused(api: Api) -> None:
    """The engine takes whatever was compiled, behind each statement that takes a search."""

    @settings(max_examples=50)
    @given(TEXTS | CLAUSES)
    def examples(text: str) -> None:
        texts.append(text)

    texts: list[str] = []
    examples()
    for text in dict.fromkeys(texts):
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            continue
        answers = [await api.ask(path, q=text, from_="now-1h") for path in ("/tasks", "/tasks/facets", "/trends")]
        assert {status for status, _ in answers} <= {200, 400}, (text, answers)
        assert len({status for status, _ in answers}) == 1, (text, answers)


def test_the_document_tells_every_field_and_bound() -> None:
    text = (ROOT / "docs/search.md").read_text()
    for field in FIELDS.values():
        needs = f" `{field.needs}` |" if field.needs else " |"
        assert f"| `{field.name}` | {field.kind} | {field.meaning} | `{field.example}` |{needs}" in text
    assert (
        "Patterns are taken by " + ", ".join(f"`{one.name}`" for one in FIELDS.values() if one.wildcard) + "." in text
    )
    assert f"{TOKENS_MAX} terms and marks, {WORDS_MAX} words or phrases of no field, {VALUES_MAX} values" in text
    assert f"at most {VALUE_CHARS_MAX} characters" in text


def test_what_the_document_shows_is_read() -> None:
    shown = re.findall(
        r"^\| (.+?) \| \S", (ROOT / "docs/search.md").read_text().partition("## Fields")[0], re.MULTILINE
    )
    examples = [
        one for cell in shown for one in re.findall(r"`([^`]+)`", cell) if one not in ("<", ">=", "<=", "1..", "..3")
    ]
    assert len(examples) >= 20
    for example in examples:
        assert parse(example, NOW_S, ALL), example


def test_what_the_guide_to_the_page_shows_is_read() -> None:
    table = (ROOT / "docs/ui.md").read_text().partition("| write | finds |")[2].partition("\n\n")[0]
    written = [one for row in table.splitlines() for one in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(written) >= 12
    for example in written:
        assert parse(example, NOW_S, ALL), example
