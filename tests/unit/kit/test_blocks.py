"""Blocks within our limits, with ids that stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit.blocks import (
    Column,
    LimitExceeded,
    Number,
    actions,
    button,
    chart,
    context,
    cut,
    divider,
    header,
    more,
    overflow,
    paragraphs,
    section,
    select,
    table,
    to_json,
)
from commands.kit.reply import Message, Modal, Options
from sandbox.blocks.surfaces import check_message
from templates import Mrkdwn, as_text
from tests.support.hostile import unseen

COLUMNS: list[Column[int]] = [Column("Deal", str), Column("Amount", lambda n: Number(n, f"${n}"))]


def test_mrkdwn_is_verbatim_and_other_text_is_plain() -> None:
    [formatted, plain] = to_json([section(Mrkdwn("*a*")), section("*a*")])
    assert formatted["text"] == {"type": "mrkdwn", "text": "*a*", "verbatim": True}
    assert plain["text"] == {"type": "plain_text", "text": "*a*"}


def test_ids_are_the_same_each_time() -> None:
    def ids() -> list[str]:
        return [block["block_id"] for block in to_json([header("a"), section("b", id="note"), divider(), context("c")])]

    assert ids() == ids() == ["b0", "note", "b2", "b3"]


@given(st.text(alphabet="a&<>é ", max_size=60), st.integers(2, 20))
def test_cutting_keeps_to_the_limit_and_escaped_characters_whole(text: str, limit: int) -> None:
    made = cut(as_text(text), limit)
    assert len(made) <= limit
    assert isinstance(made, Mrkdwn)
    for place in (place for place, letter in enumerate(made) if letter == "&"):
        assert made[place:].startswith(("&amp;", "&lt;", "&gt;"))


def test_long_words_are_cut() -> None:
    [made] = to_json([actions(button("x" * 100, "a.b"))])
    assert len(made["elements"][0]["text"]["text"]) == 75


def test_a_table_sorts_numbers_and_leaves_out_what_is_too_much() -> None:
    [made] = to_json([table(COLUMNS, range(60), caption="Deals")])
    assert len(made["rows"]) == 51
    assert made["rows"][1] == [{"type": "raw_text", "text": "0"}, {"type": "raw_number", "value": 0, "text": "$0"}]
    assert (made["caption"], made["page_size"]) == ("Deals", 5)
    assert more(60) == "10 more: Export"
    assert more(50) is None


def test_what_is_supplied_is_shown_in_its_place_and_never_as_nothing() -> None:
    columns: list[Column[str]] = [Column("Deal", str)]
    rows = ["a\u202eb\nc", "\u200b", "x" * 300]
    made = to_json(
        [
            section("a\u202eb"),
            header("\u2066"),
            actions(button("\u200b", "a.b"), select("a.c", {"x": "\u202e"}, placeholder="\x00")),
            table(columns, rows, caption="\u202eDeals"),
            chart("\u202e", ["\u200b"], {"\u202e": [1]}),
        ]
    )
    check_message(made)
    assert not unseen(made)
    assert [row[0]["text"] for row in made[3]["rows"]] == ["Deal", "ab c", "–", "x" * 119 + "…"]


lines = st.lists(st.integers(1, 700).map(lambda size: Mrkdwn("x" * size)), max_size=60)


@given(lines)
def test_paragraphs_hold_whole_lines_and_say_how_many(some: list[Mrkdwn]) -> None:
    made, shown = paragraphs(some, id="rows")
    check_message(to_json(made))
    texts = [block["text"]["text"] for block in to_json(made)]
    assert "\n".join(texts).split("\n") == (some[:shown] or [""])
    assert sum(map(len, texts)) <= 6_000
    left = some[shown:]
    assert not left or sum(len(line) + 1 for line in some[: shown + 1]) > 6_000


def test_what_is_too_much_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="51 blocks"):
        to_json([divider()] * 51)
    with pytest.raises(LimitExceeded, match="characters"):
        to_json([section("x" * 2900)] * 5)
    wide: list[Column[int]] = [Column("Deal", lambda n: "x" * 300)] * 3
    with pytest.raises(LimitExceeded, match="characters in tables"):
        to_json([table(wide, range(50), caption="Deals")])
    with pytest.raises(LimitExceeded, match="charts"):
        to_json([chart("a", ["x"], {"s": [1]})] * 3)
    with pytest.raises(LimitExceeded, match="series"):
        chart("a", ["x"], {str(n): [n] for n in range(7)})
    with pytest.raises(LimitExceeded, match="choices"):
        select("a.b", {str(n): "x" for n in range(101)})


def test_a_select_shows_what_is_chosen() -> None:
    [made] = to_json(
        [actions(select("a.b", {"Q1": "First", "Q2": "Second"}, chosen="Q2"), overflow("a.c", {"x": "X"}))]
    )
    assert made["elements"][0]["initial_option"]["value"] == "Q2"
    assert made["elements"][1]["type"] == "overflow"


def test_a_message_without_blocks_shows_its_text_verbatim() -> None:
    assert "blocks" not in Message("plain").to_json()
    assert Message(Mrkdwn("*a*")).to_json()["blocks"][0]["text"]["verbatim"] is True


def test_the_fallback_is_for_who_does_not_know_the_newer_blocks() -> None:
    message = Message("2", [table(COLUMNS, [1], caption="Deals")], fallback=[section("1")])
    assert [message.to_json(plain=plain)["blocks"][0]["type"] for plain in (False, True)] == ["data_table", "section"]


def test_titles_of_views_are_cut() -> None:
    assert len(Modal("x" * 50, [divider()]).to_json()["title"]["text"]) == 24


def test_a_menu_offers_a_hundred_at_most() -> None:
    assert len(Options({str(n): "x" for n in range(150)}).to_json()["options"]) == 100


def test_a_post_shows_supplied_text_as_text_and_has_blocks() -> None:
    posted = Message("<!channel> *won*").to_post()
    assert posted["text"] == "&lt;!channel&gt; ∗won∗"
    assert posted["blocks"][0]["text"] == {"type": "plain_text", "text": "<!channel> *won*"}


def test_a_post_takes_the_fallback_for_a_workspace_that_lacks_the_newer_blocks() -> None:
    message = Message("Card", [section("new", id="n")], [section("old", id="o")])
    assert message.to_post()["blocks"][0]["block_id"] == "n"
    assert message.to_post(plain=True)["blocks"][0]["block_id"] == "o"
