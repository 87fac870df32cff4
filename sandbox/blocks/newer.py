"""Blocks that came later, which a workspace or a client may not know yet: tables, charts, alerts."""

from __future__ import annotations

from typing import Any, Final

from sandbox.blocks.layout import Check, check_rich_text
from sandbox.blocks.objects import BOTH, optional_text
from sandbox.blocks.problems import Problems
from sandbox.limits import most

Block = dict[str, Any]


def characters(value: Any) -> int:
    """How many characters of text a table's cells hold."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(v) for v in value.values() if isinstance(v, dict | list))
    if isinstance(value, list):
        return sum(characters(item) for item in value)
    return 0


def _cell(problems: Problems, cell: Any, at: str, kinds: tuple[str, ...]) -> None:
    if not problems.object(cell, at):
        return
    kind = cell.get("type")
    if kind not in kinds:
        problems.add(f"unsupported type: {kind}", f"{at}/type")
    elif kind == "rich_text":
        check_rich_text(problems, cell, at)
    elif not isinstance(cell.get("text"), str):
        problems.add("missing required field: text", at)
    elif kind == "raw_number":
        problems.number(cell.get("value"), f"{at}/value")


def _row(problems: Problems, row: Any, at: str, limit: str, kinds: tuple[str, ...]) -> int:
    width = 0
    for place, cell in problems.items(row, at, limit):
        _cell(problems, cell, place, kinds)
        width += 1
    return width


def _table(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("rows",), optional=("block_id", "column_settings"))
    for place, row in problems.items(block.get("rows"), f"{at}/rows", "table.rows"):
        _row(problems, row, place, "table.columns", ("raw_text", "raw_number", "rich_text"))


def _data_table(problems: Problems, block: Block, at: str) -> None:
    optional = ("block_id", "page_size", "row_header_column_index")
    problems.fields(block, at, required=("rows", "caption"), optional=optional)
    widths = []
    for number, (place, row) in enumerate(problems.items(block.get("rows"), f"{at}/rows", "data_table.rows", least=2)):
        kinds = ("raw_text", "raw_number") if number == 0 else ("raw_text", "raw_number", "rich_text")
        widths.append(_row(problems, row, place, "data_table.columns", kinds))
    if len(set(widths)) > 1:
        problems.add("all rows must have the same number of cells", f"{at}/rows")
    size = block.get("page_size")
    if size is not None and (not isinstance(size, int) or not 1 <= size <= most("data_table.page_size")):
        problems.add(f"must be between 1 and {most('data_table.page_size')}", f"{at}/page_size")
    index = block.get("row_header_column_index", 0)
    if widths and (not isinstance(index, int) or not 0 <= index < widths[0]):
        problems.add("must be the index of a column", f"{at}/row_header_column_index")


def _labelled(problems: Problems, value: Any, at: str, *, positive: bool) -> str | None:
    """A segment or a data point: a label and a number. Returns the label."""
    if not problems.object(value, at):
        return None
    problems.fields(value, at, required=("label", "value"), optional=())
    problems.optional_string(value, "label", at, "chart.label")
    number = value.get("value")
    if number is not None and problems.number(number, f"{at}/value") and positive and number <= 0:
        problems.add("must be greater than 0", f"{at}/value")
    label = value.get("label")
    return label if isinstance(label, str) else None


def _pie(problems: Problems, chart: Block, at: str) -> None:
    problems.fields(chart, at, required=("segments",), optional=())
    for place, segment in problems.items(chart.get("segments"), f"{at}/segments", "chart.segments"):
        _labelled(problems, segment, place, positive=True)


def _axis(problems: Problems, chart: Block, at: str) -> list[str]:
    axis = chart.get("axis_config")
    if not problems.object(axis, at) or not isinstance(axis, dict):
        return []
    problems.fields(axis, at, required=("categories",), optional=("x_label", "y_label"))
    for name in ("x_label", "y_label"):
        problems.optional_string(axis, name, at, "chart.axis_label")
    categories = []
    for place, category in problems.items(axis.get("categories"), f"{at}/categories", "chart.points"):
        problems.string(category, place, "chart.label")
        categories.append(str(category))
    if len(set(categories)) != len(categories):
        problems.add("categories must be unique", f"{at}/categories")
    return categories


def _plot(problems: Problems, chart: Block, at: str) -> None:
    problems.fields(chart, at, required=("series", "axis_config"), optional=())
    categories = _axis(problems, chart, f"{at}/axis_config")
    names: set[str] = set()
    for place, series in problems.items(chart.get("series"), f"{at}/series", "chart.series"):
        if not problems.object(series, place):
            continue
        problems.fields(series, place, required=("name", "data"), optional=())
        problems.optional_string(series, "name", place, "chart.label")
        problems.unique(series.get("name"), names, "series names must be unique", f"{place}/name")
        points = problems.items(series.get("data"), f"{place}/data", "chart.points")
        labels = [_labelled(problems, point, spot, positive=False) for spot, point in points]
        if sorted(map(str, labels)) != sorted(categories):
            problems.add("each series must have one point for each category", f"{place}/data")


def _data_visualization(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("title", "chart"), optional=("block_id",))
    problems.optional_string(block, "title", at, "chart.title")
    chart = block.get("chart")
    if chart is None or not problems.object(chart, f"{at}/chart"):
        return
    kind = chart.get("type")
    if kind == "pie":
        _pie(problems, chart, f"{at}/chart")
    elif kind in ("bar", "line", "area"):
        _plot(problems, chart, f"{at}/chart")
    else:
        problems.add(f"unsupported type: {kind}", f"{at}/chart/type")


def _alert(problems: Problems, block: Block, at: str) -> None:
    problems.fields(block, at, required=("text",), optional=("block_id", "level"))
    optional_text(problems, block, "text", at, "alert.text", BOTH)
    problems.one_of(block.get("level", "default"), f"{at}/level", ("default", "info", "warning", "error", "success"))


NEWER: Final[dict[str, Check]] = {
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _data_visualization,
    "alert": _alert,
}
