"""Each limit: what is just too much is refused with Slack's kind of words, its neighbour passes."""

from typing import Any

import pytest

from sandbox.blocks import check_message, check_modal, message_problems, view_problems
from sandbox.errors import ApiError
from sandbox.limits import LIMITS, most

Json = dict[str, Any]


def plain(length: int | str) -> Json:
    return {"type": "plain_text", "text": length if isinstance(length, str) else "x" * length}


def mrkdwn(length: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def options(count: int, text: int = 5, value: int = 5) -> list[Json]:
    return [{"text": plain(text), "value": str(n).rjust(value, "0")} for n in range(count)]


def section(length: int = 5, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(length), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(text: int = 5, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def select(count: int = 1, **more: Any) -> Json:
    return {"type": "static_select", "placeholder": plain("Pick"), "options": options(count), **more}


def table(rows: int, columns: int = 2, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def data_table(rows: int, columns: int = 2, text: str = "x", **more: Any) -> Json:
    return table(rows, columns, text) | {"type": "data_table", "caption": "A table", **more}


def pie(segments: int = 1, value: float = 1, **more: Any) -> Json:
    parts = [{"label": f"{n}", "value": value} for n in range(segments)]
    return {"type": "data_visualization", "title": "A chart", "chart": {"type": "pie", "segments": parts}} | more


def plot(series: int = 1, points: int = 2, label: int = 4, kind: str = "line", **axis: Any) -> Json:
    names = [str(n).rjust(label, "_") for n in range(points)]
    data = [{"label": name, "value": -1.5} for name in names]
    lines = [{"name": f"s{n}", "data": data} for n in range(series)]
    chart = {"type": kind, "series": lines, "axis_config": {"categories": names} | axis}
    return {"type": "data_visualization", "title": "A chart", "chart": chart}


CONFIRM = {"title": plain(100), "text": mrkdwn(300), "confirm": plain(30), "deny": plain(30)}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}

# what: a block that passes, its neighbour that does not, and Slack's complaint
RULES: dict[str, tuple[Json, Json, str]] = {
    "section text": (section(3000), section(3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "section empty text": (section(1), section(0), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "section without text": (section(), {"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    "section fields": (section(fields=[mrkdwn(1)] * 10), section(fields=[mrkdwn(1)] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    "section field": (section(fields=[mrkdwn(2000)]), section(fields=[mrkdwn(2001)]), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    "section accessory": (section(accessory=select()), section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"),
    "text kind": (section(), {"type": "section", "text": {"type": "markdown", "text": "x"}}, "must be one of the following: plain_text, mrkdwn [json-pointer:/blocks/0/text/type]"),
    "misspelt field": (section(), section(txet=1), "invalid additional property: txet [json-pointer:/blocks/0]"),
    "header": ({"type": "header", "text": plain(150)}, {"type": "header", "text": plain(151)}, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    "header kind": ({"type": "header", "text": plain(1)}, {"type": "header", "text": mrkdwn(1)}, "must be one of the following: plain_text [json-pointer:/blocks/0/text/type]"),
    "actions": (actions(*[button()] * 25), actions(*[button()] * 26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    "actions empty": (actions(button()), actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "actions same action_id": (actions(button(action_id="a"), button(action_id="b")), actions(button(action_id="a"), button(action_id="a")), "`action_id` a already exists in this block [json-pointer:/blocks/0/elements/1/action_id]"),
    "actions multi": (actions(select()), actions(select() | {"type": "multi_static_select"}), "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]"),
    "context": ({"type": "context", "elements": [mrkdwn(1)] * 10}, {"type": "context", "elements": [mrkdwn(1)] * 11}, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    "image alt": (IMAGE, IMAGE | {"alt_text": "x" * 2001}, "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"),
    "image source": (IMAGE, {"type": "image", "alt_text": "A"}, "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]"),
    "button text": (actions(button(75)), actions(button(76)), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    "button value": (actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    "button style": (actions(button(style="danger")), actions(button(style="red")), "must be one of the following: primary, danger [json-pointer:/blocks/0/elements/0/style]"),
    "action_id": (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"),
    "block_id": (section(block_id="x" * 255), section(block_id="x" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    "select options": (actions(select(100)), actions(select(101)), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "select no options": (actions(select()), actions(select(options=None)), "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    "select initial": (actions(select(initial_option=options(1)[0])), actions(select(initial_option=options(9)[8])), "initial option must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]"),
    "placeholder": (actions(select(placeholder=plain(150))), actions(select(placeholder=plain(151))), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"),
    "option text": (actions(select(options=options(1, text=75))), actions(select(options=options(1, text=76))), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"),
    "option value": (actions(select(options=options(1, value=150))), actions(select(options=options(1, value=151))), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"),
    "overflow": (actions({"type": "overflow", "options": options(5)}), actions({"type": "overflow", "options": options(6)}), "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "checkboxes": (actions({"type": "checkboxes", "options": options(10)}), actions({"type": "checkboxes", "options": options(11)}), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "radio": (actions({"type": "radio_buttons", "options": options(10)}), actions({"type": "radio_buttons", "options": options(11)}), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "datepicker": (actions({"type": "datepicker", "initial_date": "2028-02-29"}), actions({"type": "datepicker", "initial_date": "2027-02-29"}), "must match the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"),
    "confirm text": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"text": mrkdwn(301)})), "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"),
    "confirm title": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"title": plain(101)})), "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"),
    "confirm without deny": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"deny": None})), "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"),
    "table rows": (table(100), table(101), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    "table columns": (table(1, 20), table(1, 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "data_table rows": (data_table(101), data_table(102), "no more than 101 items allowed [json-pointer:/blocks/0/rows]"),
    "data_table needs a row": (data_table(2), data_table(1), "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"),
    "data_table columns": (data_table(2, 20), data_table(2, 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "data_table characters": (data_table(2, 2, "x" * 2500), data_table(2, 2, "x" * 2501), "tables must have less than 10001 characters [json-pointer:/blocks]"),
    "data_table caption": (data_table(2), data_table(2, caption=None), "missing required field: caption [json-pointer:/blocks/0]"),
    "data_table page size": (data_table(2, page_size=100), data_table(2, page_size=0), "must be between 1 and 100 [json-pointer:/blocks/0/page_size]"),
    "data_table header column": (data_table(2, row_header_column_index=1), data_table(2, row_header_column_index=2), "must be the index of a column [json-pointer:/blocks/0/row_header_column_index]"),
    "chart title": (pie(title="x" * 50), pie(title="x" * 51), "must be less than 51 characters [json-pointer:/blocks/0/title]"),
    "pie segments": (pie(6), pie(7), "no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]"),
    "pie value": (pie(value=0.5), pie(value=0), "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"),
    "plot series": (plot(6), plot(7), "no more than 6 items allowed [json-pointer:/blocks/0/chart/series]"),
    "plot points": (plot(points=20), plot(points=21), "no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]"),
    "plot label": (plot(label=20), plot(label=21), "must be less than 21 characters [json-pointer:/blocks/0/chart/axis_config/categories/0]"),
    "plot axis": (plot(x_label="x" * 50), plot(y_label="x" * 51), "must be less than 51 characters [json-pointer:/blocks/0/chart/axis_config/y_label]"),
    "plot kind": (plot(kind="area"), plot(kind="radar"), "unsupported type: radar [json-pointer:/blocks/0/chart/type]"),
    "plot categories": (plot(), plot(categories=["a", "b"]), "each series must have one point for each category [json-pointer:/blocks/0/chart/series/0/data]"),
    "alert is for modals": (section(), {"type": "alert", "text": plain(1)}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
    "unknown block": (section(), {"type": "sparkles"}, "unsupported type: sparkles [json-pointer:/blocks/0/type]"),
    "not a block": (section(), [], "must provide an object [json-pointer:/blocks/0]"),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_for_messages(name: str):
    good, bad, complaint = RULES[name]
    assert message_problems([good]) == []
    assert complaint in message_problems([bad])


def chat(count: int) -> list[Json]:
    return [{"type": "divider"}] * count


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(24), "submit": plain(24), "close": plain(24), "blocks": [section()]} | more


def entry(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(5), "element": element, **more}


TEXT = {"type": "plain_text_input"}
VIEW_RULES: dict[str, tuple[Json, Json, str]] = {
    "blocks": (modal(blocks=chat(100)), modal(blocks=chat(101)), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "title": (modal(), modal(title=plain(25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "no title": (modal(), modal(title=None), "missing required field: title [json-pointer:/view]"),
    "submit": (modal(), modal(submit=plain(25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    "close": (modal(), modal(close=plain(25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    "private_metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    "callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    "input needs submit": (modal(blocks=[entry(TEXT)]), modal(blocks=[entry(TEXT)], submit=None), "missing required field: submit [json-pointer:/view]"),
    "input label": (modal(blocks=[entry(TEXT, label=plain(2000))]), modal(blocks=[entry(TEXT, label=plain(2001))]), "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]"),
    "input element": (modal(blocks=[entry(TEXT)]), modal(blocks=[entry(button())]), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
    "input length": (modal(blocks=[entry(TEXT | {"max_length": 3000})]), modal(blocks=[entry(TEXT | {"max_length": 3001})]), "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]"),
    "number input": (modal(blocks=[entry({"type": "number_input", "is_decimal_allowed": True})]), modal(blocks=[entry({"type": "number_input"})]), "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"),
    "same block_id": (modal(blocks=[section(block_id="a"), section(block_id="b")]), modal(blocks=[section(block_id="a")] * 2), "`block_id` a already exists [json-pointer:/view/blocks/1/block_id]"),
    "alert": (modal(blocks=[{"type": "alert", "text": plain(200)}]), modal(blocks=[{"type": "alert", "text": plain(201)}]), "must be less than 201 characters [json-pointer:/view/blocks/0/text/text]"),
    "alert level": (modal(blocks=[{"type": "alert", "level": "success", "text": plain(1)}]), modal(blocks=[{"type": "alert", "level": "loud", "text": plain(1)}]), "must be one of the following: default, info, warning, error, success [json-pointer:/view/blocks/0/level]"),
    "no tables in modals": ({"type": "home", "blocks": [data_table(2)]}, modal(blocks=[data_table(2)]), "unsupported type: data_table [json-pointer:/view/blocks/0/type]"),
    "no charts in views": (modal(), {"type": "home", "blocks": [pie()]}, "unsupported type: data_visualization [json-pointer:/view/blocks/0/type]"),
    "kind": (modal(), modal(type="window"), "must be one of the following: modal, home [json-pointer:/view/type]"),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEW_RULES)
def test_a_rule_for_views(name: str):
    good, bad, complaint = VIEW_RULES[name]
    assert view_problems(good) == []
    assert complaint in view_problems(bad)


def test_messages_as_a_whole():
    assert message_problems(chat(50)) == []
    assert message_problems(chat(51)) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert message_problems([pie(), pie()]) == []
    assert message_problems([pie()] * 3) == ["no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"]
    assert message_problems([table(1)]) == []
    assert message_problems([table(1)] * 2) == ["no more than 1 table allowed [json-pointer:/blocks]"]
    half = data_table(2, 2, "x" * 1251)
    assert message_problems([half, half]) == ["tables must have less than 10001 characters [json-pointer:/blocks]"]


def test_too_much_text_in_all_blocks():
    check_message([section(2640)] * 5)
    with pytest.raises(ApiError, match="msg_blocks_too_long"):
        check_message([section(2641)] * 5)


def test_a_workspace_that_does_not_know_newer_blocks():
    for block in (data_table(2), pie()):
        kind = block["type"]
        assert message_problems([block], newer=False) == [f"unsupported type: {kind} [json-pointer:/blocks/0/type]"]
    assert message_problems([section()], newer=False) == []


def test_the_answer_has_slack_s_shape():
    with pytest.raises(ApiError) as refused:
        check_message([section(3001)])
    words = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert refused.value.body() == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }


def test_a_wrong_view_is_an_invalid_argument_and_a_huge_one_is_too_large():
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_modal({"type": "home", "blocks": []})
    big = modal(blocks=[section(2500, fields=[mrkdwn(1)]) for _ in range(100)])
    with pytest.raises(ApiError, match="view_too_large"):
        check_modal(big)


@pytest.mark.parametrize("nonsense", [None, "x", 5, [None], [["x"]], [{"type": None}], [{"type": ["section"]}]])
def test_nonsense_is_refused_and_never_crashes(nonsense: Any):
    assert message_problems(nonsense)
    assert view_problems({"type": "modal", "title": nonsense, "blocks": nonsense})
    for kind in ("section", "actions", "input", "data_table", "table", "data_visualization", "rich_text", "context"):
        for field in ("text", "elements", "rows", "chart", "element", "accessory", "fields"):
            assert message_problems([{"type": kind, field: nonsense if nonsense is not None else 1}]), (kind, field)


def test_every_limit_names_the_page_that_states_it():
    assert all(limit.page.startswith("https://docs.slack.dev/") for limit in LIMITS.values())
    assert most("trigger.seconds") == 3
