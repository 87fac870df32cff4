"""Each limit: what is just too much is refused with Slack's kind of words, its neighbour passes."""

from typing import Any

import pytest

from sandbox.blocks import check_message, check_modal, message_problems, view_problems
from sandbox.errors import ApiError
from tests.support.slack_rules import proven, proves

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


def grouped(count: int, label: int = 5) -> Json:
    return select(options=None, option_groups=[{"label": plain(label), "options": options(1)}] * count)


def rich(kind: str) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": []}]}


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
    "section.text": (section(3000), section(3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "text.empty": (section(1), section(0), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "section.content": (section(), {"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    "section.fields": (section(fields=[mrkdwn(1)] * 10), section(fields=[mrkdwn(1)] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    "section.field": (section(fields=[mrkdwn(2000)]), section(fields=[mrkdwn(2001)]), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    "section.accessory": (section(accessory=select()), section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"),
    "text.kind": (section(), {"type": "section", "text": {"type": "markdown", "text": "x"}}, "must be one of the following: plain_text, mrkdwn [json-pointer:/blocks/0/text/type]"),
    "block.field": (section(), section(txet=1), "invalid additional property: txet [json-pointer:/blocks/0]"),
    "header.text": ({"type": "header", "text": plain(150)}, {"type": "header", "text": plain(151)}, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    "header.kind": ({"type": "header", "text": plain(1)}, {"type": "header", "text": mrkdwn(1)}, "must be one of the following: plain_text [json-pointer:/blocks/0/text/type]"),
    "actions.elements": (actions(*[button()] * 25), actions(*[button()] * 26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    "actions.least": (actions(button()), actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "action_id.unique": (actions(button(action_id="a"), button(action_id="b")), actions(button(action_id="a"), button(action_id="a")), "`action_id` a already exists in this block [json-pointer:/blocks/0/elements/1/action_id]"),
    "actions.kind": (actions(select()), actions(select() | {"type": "multi_static_select"}), "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]"),
    "context.elements": ({"type": "context", "elements": [mrkdwn(1)] * 10}, {"type": "context", "elements": [mrkdwn(1)] * 11}, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    "image.alt_text": (IMAGE, IMAGE | {"alt_text": "x" * 2001}, "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"),
    "image.source": (IMAGE, {"type": "image", "alt_text": "A"}, "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]"),
    "button.text": (actions(button(75)), actions(button(76)), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    "button.value": (actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    "button.style": (actions(button(style="danger")), actions(button(style="red")), "must be one of the following: primary, danger [json-pointer:/blocks/0/elements/0/style]"),
    "action_id": (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"),
    "block_id": (section(block_id="x" * 255), section(block_id="x" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    "select.options": (actions(select(100)), actions(select(101)), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "select.content": (actions(select()), actions(select(options=None)), "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    "select.initial": (actions(select(initial_option=options(1)[0])), actions(select(initial_option=options(9)[8])), "initial option must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]"),
    "placeholder": (actions(select(placeholder=plain(150))), actions(select(placeholder=plain(151))), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"),
    "option.text": (actions(select(options=options(1, text=75))), actions(select(options=options(1, text=76))), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"),
    "option.value": (actions(select(options=options(1, value=150))), actions(select(options=options(1, value=151))), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]"),
    "overflow.options": (actions({"type": "overflow", "options": options(5)}), actions({"type": "overflow", "options": options(6)}), "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "checkboxes.options": (actions({"type": "checkboxes", "options": options(10)}), actions({"type": "checkboxes", "options": options(11)}), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "radio_buttons.options": (actions({"type": "radio_buttons", "options": options(10)}), actions({"type": "radio_buttons", "options": options(11)}), "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "datepicker.initial": (actions({"type": "datepicker", "initial_date": "2028-02-29"}), actions({"type": "datepicker", "initial_date": "2027-02-29"}), "must match the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"),
    "confirm.text": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"text": mrkdwn(301)})), "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"),
    "confirm.title": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"title": plain(101)})), "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"),
    "confirm.fields": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"deny": None})), "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"),
    "table.rows": (table(100), table(101), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    "table.columns": (table(1, 20), table(1, 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "data_table.rows": (data_table(101), data_table(102), "no more than 101 items allowed [json-pointer:/blocks/0/rows]"),
    "data_table.least": (data_table(2), data_table(1), "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"),
    "data_table.columns": (data_table(2, 20), data_table(2, 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "data_table.characters": (data_table(2, 2, "x" * 2500), data_table(2, 2, "x" * 2501), "tables must have less than 10001 characters [json-pointer:/blocks]"),
    "data_table.caption": (data_table(2), data_table(2, caption=None), "missing required field: caption [json-pointer:/blocks/0]"),
    "data_table.page_size": (data_table(2, page_size=100), data_table(2, page_size=0), "must be between 1 and 100 [json-pointer:/blocks/0/page_size]"),
    "data_table.row_header": (data_table(2, row_header_column_index=1), data_table(2, row_header_column_index=2), "must be the index of a column [json-pointer:/blocks/0/row_header_column_index]"),
    "chart.title": (pie(title="x" * 50), pie(title="x" * 51), "must be less than 51 characters [json-pointer:/blocks/0/title]"),
    "chart.segments": (pie(6), pie(7), "no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]"),
    "chart.pie_value": (pie(value=0.5), pie(value=0), "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"),
    "chart.series": (plot(6), plot(7), "no more than 6 items allowed [json-pointer:/blocks/0/chart/series]"),
    "chart.points": (plot(points=20), plot(points=21), "no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]"),
    "chart.label": (plot(label=20), plot(label=21), "must be less than 21 characters [json-pointer:/blocks/0/chart/axis_config/categories/0]"),
    "chart.axis_label": (plot(x_label="x" * 50), plot(y_label="x" * 51), "must be less than 51 characters [json-pointer:/blocks/0/chart/axis_config/y_label]"),
    "chart.kind": (plot(kind="area"), plot(kind="radar"), "unsupported type: radar [json-pointer:/blocks/0/chart/type]"),
    "chart.categories": (plot(), plot(categories=["a", "b"]), "each series must have one point for each category [json-pointer:/blocks/0/chart/series/0/data]"),
    "block.kind": (section(), {"type": "alert", "text": plain(1)}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
    "block.object": (section(), [], "must provide an object [json-pointer:/blocks/0]"),
    "timepicker.initial": (actions({"type": "timepicker", "initial_time": "23:59"}), actions({"type": "timepicker", "initial_time": "24:00"}), "must match the format HH:mm [json-pointer:/blocks/0/elements/0/initial_time]"),
    "datetimepicker.initial": (actions({"type": "datetimepicker", "initial_date_time": 1628633820}), actions({"type": "datetimepicker", "initial_date_time": "2026-10-01"}), "must be a UNIX timestamp of 10 digits [json-pointer:/blocks/0/elements/0/initial_date_time]"),
    "option.url": (actions({"type": "overflow", "options": [options(1)[0] | {"url": "https://example.com"}]}), actions(select(options=[options(1)[0] | {"url": "https://example.com"}])), "invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]"),
    "context.text": ({"type": "context", "elements": [mrkdwn(3000)]}, {"type": "context", "elements": [mrkdwn(3001)]}, "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/text]"),
    "image.url": (IMAGE | {"image_url": "x" * 3000}, IMAGE | {"image_url": "x" * 3001}, "must be less than 3001 characters [json-pointer:/blocks/0/image_url]"),
    "image.title": (IMAGE | {"title": plain(2000)}, IMAGE | {"title": plain(2001)}, "must be less than 2001 characters [json-pointer:/blocks/0/title/text]"),
    "button.url": (actions(button(url="x" * 3000)), actions(button(url="x" * 3001)), "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"),
    "select.option_groups": (actions(grouped(100)), actions(grouped(101)), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]"),
    "option_group.label": (actions(grouped(1, label=75)), actions(grouped(1, label=76)), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/option_groups/0/label/text]"),
    "option.description": (actions(select(options=[options(1)[0] | {"description": plain(75)}])), actions(select(options=[options(1)[0] | {"description": plain(76)}])), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]"),
    "confirm.button": (actions(button(confirm=CONFIRM)), actions(button(confirm=CONFIRM | {"deny": plain(31)})), "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"),
    "data_table.width": (data_table(2), data_table(2) | {"rows": [*table(2)["rows"], *table(1, 3)["rows"]]}, "all rows must have the same number of cells [json-pointer:/blocks/0/rows]"),
    "rich_text.parts": (rich("rich_text_section"), rich("section"), "unsupported type: section [json-pointer:/blocks/0/elements/0/type]"),
}  # fmt: skip
proven(RULES)


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
FILES = {"type": "file_input"}
VIEW_RULES: dict[str, tuple[Json, Json, str]] = {
    "view.blocks": (modal(blocks=chat(100)), modal(blocks=chat(101)), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "view.title": (modal(), modal(title=plain(25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "view.has_title": (modal(), modal(title=None), "missing required field: title [json-pointer:/view]"),
    "view.submit": (modal(), modal(submit=plain(25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    "view.close": (modal(), modal(close=plain(25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    "view.private_metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    "view.callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    "view.has_submit": (modal(blocks=[entry(TEXT)]), modal(blocks=[entry(TEXT)], submit=None), "missing required field: submit [json-pointer:/view]"),
    "input.label": (modal(blocks=[entry(TEXT, label=plain(2000))]), modal(blocks=[entry(TEXT, label=plain(2001))]), "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]"),
    "input.element": (modal(blocks=[entry(TEXT)]), modal(blocks=[entry(button())]), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
    "input.length": (modal(blocks=[entry(TEXT | {"max_length": 3000})]), modal(blocks=[entry(TEXT | {"max_length": 3001})]), "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]"),
    "input.decimal": (modal(blocks=[entry({"type": "number_input", "is_decimal_allowed": True})]), modal(blocks=[entry({"type": "number_input"})]), "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"),
    "block_id.unique": (modal(blocks=[section(block_id="a"), section(block_id="b")]), modal(blocks=[section(block_id="a")] * 2), "`block_id` a already exists [json-pointer:/view/blocks/1/block_id]"),
    "alert.text": (modal(blocks=[{"type": "alert", "text": plain(200)}]), modal(blocks=[{"type": "alert", "text": plain(201)}]), "must be less than 201 characters [json-pointer:/view/blocks/0/text/text]"),
    "alert.level": (modal(blocks=[{"type": "alert", "level": "success", "text": plain(1)}]), modal(blocks=[{"type": "alert", "level": "loud", "text": plain(1)}]), "must be one of the following: default, info, warning, error, success [json-pointer:/view/blocks/0/level]"),
    "view.no_tables": ({"type": "home", "blocks": [data_table(2)]}, modal(blocks=[data_table(2)]), "unsupported type: data_table [json-pointer:/view/blocks/0/type]"),
    "view.no_charts": (modal(), {"type": "home", "blocks": [pie()]}, "unsupported type: data_visualization [json-pointer:/view/blocks/0/type]"),
    "view.kind": (modal(), modal(type="window"), "must be one of the following: modal, home [json-pointer:/view/type]"),
    "home.fields": ({"type": "home", "blocks": [section()]}, {"type": "home", "blocks": [section()], "title": plain(5)}, "invalid additional property: title [json-pointer:/view]"),
    "view.focus": (modal(blocks=[entry(TEXT | {"focus_on_load": True}), entry(TEXT)]), modal(blocks=[entry(TEXT | {"focus_on_load": True})] * 2), "only one element can have `focus_on_load` [json-pointer:/view/blocks]"),
    "input.bounds": (modal(blocks=[entry({"type": "number_input", "is_decimal_allowed": True, "min_value": "1"})]), modal(blocks=[entry({"type": "number_input", "is_decimal_allowed": True, "min_value": 1})]), "must be a string [json-pointer:/view/blocks/0/element/min_value]"),
    "view.external_id": (modal(external_id="x" * 255), modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
    "input.hint": (modal(blocks=[entry(TEXT, hint=plain(2000))]), modal(blocks=[entry(TEXT, hint=plain(2001))]), "must be less than 2001 characters [json-pointer:/view/blocks/0/hint/text]"),
    "file_input.max_files": (modal(blocks=[entry(FILES | {"max_files": 10})]), modal(blocks=[entry(FILES | {"max_files": 11})]), "must be between 1 and 10 [json-pointer:/view/blocks/0/element/max_files]"),
    "file_input.filetypes": (modal(blocks=[entry(FILES | {"filetypes": ["csv"] * 50})]), modal(blocks=[entry(FILES | {"filetypes": ["csv"] * 51})]), "no more than 50 items allowed [json-pointer:/view/blocks/0/element/filetypes]"),
    "file_input.fields": (modal(blocks=[entry(FILES)]), modal(blocks=[entry(FILES | {"placeholder": plain(1)})]), "invalid additional property: placeholder [json-pointer:/view/blocks/0/element]"),
    "file_input.place": (modal(blocks=[entry(FILES)]), {"type": "home", "blocks": [entry(FILES)]}, "unsupported type: file_input [json-pointer:/view/blocks/0/element/type]"),
}  # fmt: skip
proven(VIEW_RULES)


@pytest.mark.parametrize("name", VIEW_RULES)
def test_a_rule_for_views(name: str):
    good, bad, complaint = VIEW_RULES[name]
    assert view_problems(good) == []
    assert complaint in view_problems(bad)


@proves("message.blocks", "message.charts", "message.tables")
def test_messages_as_a_whole():
    assert message_problems(chat(50)) == []
    assert message_problems(chat(51)) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert message_problems([pie(), pie()]) == []
    assert message_problems([pie()] * 3) == ["no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"]
    assert message_problems([table(1)]) == []
    assert message_problems([table(1)] * 2) == ["no more than 1 table allowed [json-pointer:/blocks]"]
    half = data_table(2, 2, "x" * 1251)
    assert message_problems([half, half]) == ["tables must have less than 10001 characters [json-pointer:/blocks]"]


@proves("message.block_text")
def test_too_much_text_in_all_blocks():
    check_message([section(2640)] * 5)
    with pytest.raises(ApiError, match="msg_blocks_too_long"):
        check_message([section(2641)] * 5)


@proves("block.newer")
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


@proves("view.bytes")
def test_a_wrong_view_is_an_invalid_argument_and_a_huge_one_is_too_large():
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_modal({"type": "home", "blocks": []})
    check_modal(modal(blocks=[section(2400)] * 100))
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
