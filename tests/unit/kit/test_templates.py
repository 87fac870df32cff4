"""Supplied text stays text."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from templates import EMPTY, NAME, Mrkdwn, as_text, environment, name, render, visible
from tests.support.hostile import hostile, unseen

HOSTILE = st.text(alphabet="ab _*~`:<>&!@#|\n-/.1\u202e\u200b\x00", max_size=30)


def shown(template: str, **values: object) -> str:
    return environment().from_string(template).render(values)


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("O'Brien & Söhne", "O'Brien &amp; Söhne"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U123> <#C1> <https://x|y>", "&lt;@U123&gt; &lt;#C1&gt; &lt;https://x|y&gt;"),
        ("*bold*", "∗bold∗"),
        ("_it_ ~gone~ `code`", "ˍitˍ ∼gone∼ ˋcodeˋ"),
        ("opp_123_x", "opp_123_x"),
        ("5*4", "5*4"),
        (":smile:", "꞉smile:"),
        ("at 10:30", "at 10:30"),
        ("> quoted", "› quoted"),
        ("a\n> b", "a &gt; b"),
        ("&lt;", "&amp;lt;"),
        ("Ana\u202eavliS", "AnaavliS"),
        ("\u2066*a*\u2069", "∗a∗"),
        ("*\u200bbold*\u200b", "∗bold∗"),
        ("a\x00b\x1bc\x85d\u2028e", "abc d e"),
        ("1\u202f234\xa0€", "1\u202f234\xa0€"),
        ("שלום عمر 日本 é 😀", "שלום عمر 日本 é 😀"),
    ],
)
def test_supplied_text_comes_out_as_text(supplied: str, expected: str) -> None:
    assert shown("{{ x }}", x=supplied) == expected


def test_what_is_mark_up_on_purpose_passes() -> None:
    assert shown("*{{ a }}* {{ b }}", a="x", b=Mrkdwn("<@U1> *y*")) == "*x* <@U1> *y*"


def test_nothing_is_escaped_twice() -> None:
    assert shown("{{ a }}", a=as_text("a & b")) == "a &amp; b"


@given(HOSTILE)
@example(":`:")
def test_no_supplied_text_controls_or_formats(text: str) -> None:
    made = as_text(text)
    assert "<" not in made
    assert ">" not in made
    assert not re.search(r"&(?!(amp|lt|gt);)", made)
    assert not re.search(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`", made)
    assert not re.search(r":[\w'+-]+:", made)
    assert "\n" not in made
    assert not unseen(made)


@given(hostile())
def test_a_name_is_visible_short_and_never_empty(text: str) -> None:
    made = name(text)
    assert made == name(made)
    assert 0 < len(as_text(made)) <= NAME + len("…")
    assert not unseen(made)
    assert made == EMPTY or made.strip("…") in " ".join(visible(text).split())


def test_a_name_of_a_sensible_length_is_left_alone() -> None:
    assert name("O'Brien & Söhne (Zürich)") == "O'Brien & Söhne (Zürich)"
    assert name("a" * NAME) == "a" * NAME
    assert name("a" * NAME + "b") == "a" * (NAME - 1) + "…"
    assert name("\u200b \u202e") == EMPTY


@given(HOSTILE)
def test_harmless_text_is_left_alone(text: str) -> None:
    plain = re.sub(r"[^a-z0-9 .-]", "", text)
    assert as_text(plain) == plain


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        shown("{{ nobody }}")
    with pytest.raises(ValueError, match="None"):
        shown("{{ x }}", x=None)


def test_every_template_compiles() -> None:
    names = environment().list_templates(extensions=["j2"])
    assert "kit/help.mrkdwn.j2" in names
    for template in names:
        environment().get_template(template)


def test_rendered_words_are_mrkdwn() -> None:
    words = render("kit/reference.mrkdwn.j2", reference="<K7Q>")
    assert isinstance(words, Mrkdwn)
    assert words == "Reference &lt;K7Q&gt;"
