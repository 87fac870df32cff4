"""Inputs, and what they hold."""

from datetime import date
from typing import Any

import pytest

from commands.kit.blocks import to_json
from commands.kit.call import View
from commands.kit.inputs import Filled, checkboxes, conversation, day, field, menu, search, several, text


def made(block: Any) -> Any:
    return to_json([block])[0]


def test_an_input_keeps_its_name() -> None:
    block = made(field("amount", "Amount", text(initial="5", placeholder="1.2M"), hint="In dollars", live=True))
    assert (block["type"], block["block_id"], block["dispatch_action"]) == ("input", "amount", True)
    assert block["element"]["initial_value"] == "5"
    assert block["hint"]["text"] == "In dollars"


def test_a_search_shows_what_was_chosen() -> None:
    element = made(field("who", "Who", search("people", chosen=("p:1", "Ana"))))["element"]
    assert element["initial_option"]["value"] == "p:1"
    assert element["min_query_length"] == 1


def test_boxes_are_ticked_at_most_ten() -> None:
    element = made(field("deals", "Deals", checkboxes({"1": "One", "2": "Two"}, chosen=["2"])))["element"]
    assert [option["value"] for option in element["initial_options"]] == ["2"]
    assert "initial_options" not in made(field("deals", "Deals", checkboxes({"1": "One"})))["element"]
    with pytest.raises(ValueError, match="at most 10"):
        checkboxes({str(number): "One" for number in range(11)})


def test_several_are_boxes_while_they_fit_and_a_menu_beyond_that() -> None:
    few = made(field("parts", "Parts", several({str(n): f"P{n}" for n in range(10)}, chosen=["3"])))["element"]
    many = made(field("parts", "Parts", several({str(n): f"P{n}" for n in range(11)}, chosen=["3"])))["element"]
    assert (few["type"], many["type"]) == ("checkboxes", "multi_static_select")
    for element in (few, many):
        assert [option["value"] for option in element["initial_options"]] == ["3"]


def test_a_day_is_chosen_from_a_calendar() -> None:
    element = made(field("ends", "Last day", day(initial=date(2026, 12, 1), placeholder="Never")))["element"]
    assert (element["type"], element["initial_date"]) == ("datepicker", "2026-12-01")
    values = {"ends": {"value": {"type": "datepicker", "selected_date": "2026-12-01"}}}
    assert Filled.of(View("V1", "h", "save", "", values)).one("ends") == "2026-12-01"


def test_where_asks_for_channels_only() -> None:
    element = made(field("where", "Where", conversation()))["element"]
    assert element["filter"]["include"] == ["public", "private"]


def test_what_was_filled_in_is_read_by_name() -> None:
    values = {
        "amount": {"value": {"type": "plain_text_input", "value": " 1.2M "}},
        "period": {"value": {"type": "static_select", "selected_option": {"value": "2026Q4"}}},
        "where": {"value": {"type": "conversations_select", "selected_conversation": "C1"}},
        "deals": {"value": {"type": "checkboxes", "selected_options": [{"value": "1"}, {"value": "2"}]}},
        "empty": {"value": {"type": "plain_text_input", "value": None}},
    }
    filled = Filled.of(View("V1", "h", "save", "", values))
    assert [filled.one(name) for name in ("amount", "period", "where", "empty", "lacking")] == [
        "1.2M",
        "2026Q4",
        "C1",
        "",
        "",
    ]
    assert filled.several("deals") == ["1", "2"]
    assert Filled.of(None).one("amount") == ""


def test_a_menu_is_that_of_cards() -> None:
    assert made(field("period", "Period", menu({"a": "A"}, chosen="a")))["element"]["initial_option"]["value"] == "a"
