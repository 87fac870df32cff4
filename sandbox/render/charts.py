"""data_visualization blocks as inline SVG, with a legend and the same figures as a table for screen readers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 520, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 34, 54
_TITLE_ABOVE, _TITLE_BELOW = 18, 24
"""What the axes' titles take of the margins."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scale:
    """A value axis with round marks from `low` to `high`."""

    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        """The height of a value in the picture (downwards)."""
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    @property
    def marks(self) -> list[float]:
        return [self.low + self.step * n for n in range(round((self.high - self.low) / self.step) + 1)]


def scale(values: list[float]) -> Scale:
    """An axis that holds all values and zero, in about four round steps."""
    low, high = min(0.0, *values), max(0.0, *values)
    if low == high:
        high = 1.0
    rough = (high - low) / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * factor for factor in (1, 2, 2.5, 5, 10) if magnitude * factor >= rough)
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def short(value: float) -> str:
    """A number for an axis: 1.2M, 350k, 12."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{letter}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def exact(value: float) -> str:
    """A number in full, with thousands marks."""
    return f"{value:,}".replace("-", "−")


def chart(block: Json) -> Json:
    """What the template needs: the picture, the legend and the table."""
    spec = block["chart"]
    if spec["type"] == "pie":
        return _pie(spec)
    return _plot(spec)


def _plot(spec: Json) -> Json:
    axis, kind = spec["axis_config"], spec["type"]
    categories: list[str] = axis["categories"]
    series = [_ordered(one, categories) for one in spec["series"]]
    values = scale([value for _, data in series for value in data])
    draw = {"bar": _bars, "line": _lines, "area": _areas}[kind]
    picture = _grid(values) + draw(series, values, len(categories)) + _categories(categories) + _titles(axis)
    rows = [[category, *(exact(data[n]) for _, data in series)] for n, category in enumerate(categories)]
    return {
        "svg": picture,
        "box": _box(axis),
        "legend": [name for name, _ in series] if len(series) > 1 else [],
        "header": [axis.get("x_label") or "Category", *(name for name, _ in series)],
        "rows": rows,
    }


def _box(axis: Json) -> str:
    """The part of the picture that is shown: without the room of titles that are not there."""
    above = 0 if axis.get("y_label") else _TITLE_ABOVE
    below = 0 if axis.get("x_label") else _TITLE_BELOW
    return f"0 {above} {WIDTH} {HEIGHT - above - below}"


def _ordered(series: Json, categories: list[str]) -> tuple[str, list[float]]:
    by_label = {point["label"]: point["value"] for point in series["data"]}
    return series["name"], [by_label[category] for category in categories]


def _slot(count: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / count


def _middle(number: int, count: int) -> float:
    return round(_LEFT + _slot(count) * (number + 0.5), 1)


def _grid(values: Scale) -> Markup:
    html = Markup("")
    for mark in values.marks:
        y, kind = values.y(mark), "zero" if abs(mark) < values.step / 1e6 else "rule"
        line = '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="mark" x="{}" y="{}">{}</text>'
        html += Markup(line).format(kind, _LEFT, WIDTH - _RIGHT, y, y, _LEFT - 8, y + 4, short(mark))
    return html


def _categories(categories: list[str]) -> Markup:
    """Labels under the axis: so many that they do not touch, fewer on a narrow screen (class `wide`)."""
    count = len(categories)
    room = max(len(category) for category in categories) * 7 + 8
    every = max(1, math.ceil(room / _slot(count)))
    html = Markup("")
    for number, category in enumerate(categories):
        if number % every == 0:
            kind = "category" if number % (every * 2) == 0 or count <= 3 else "category wide"
            text = Markup('<text class="{}" x="{}" y="{}">{}</text>')
            html += text.format(kind, _middle(number, count), HEIGHT - _BOTTOM + 20, category)
    return html


def _titles(axis: Json) -> Markup:
    html = Markup("")
    if axis.get("x_label"):
        text = Markup('<text class="axis" x="{}" y="{}">{}</text>')
        html += text.format((WIDTH + _LEFT - _RIGHT) / 2, HEIGHT - 8, axis["x_label"])
    if axis.get("y_label"):
        html += Markup('<text class="axis of-values" x="4" y="14">{}</text>').format(axis["y_label"])
    return html


def _bars(series: list[tuple[str, list[float]]], values: Scale, count: int) -> Markup:
    group = _slot(count) * 0.72
    width = group / len(series)
    html = Markup("")
    for number, (name, data) in enumerate(series):
        for position, value in enumerate(data):
            x = _middle(position, count) - group / 2 + width * number
            top, bottom = sorted((values.y(value), values.y(0)))
            bar = '<rect class="bar c{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}: {}</title></rect>'
            shape = (number, round(x + 1, 1), top, round(max(width - 2, 1), 1), round(max(bottom - top, 0.5), 1))
            html += Markup(bar).format(*shape, name, exact(value))
    return html


def _points(data: list[float], values: Scale) -> str:
    return " ".join(f"{_middle(n, len(data))},{values.y(value)}" for n, value in enumerate(data))


def _lines(series: list[tuple[str, list[float]]], values: Scale, count: int) -> Markup:
    html = Markup("")
    for number, (name, data) in enumerate(series):
        html += Markup('<polyline class="line c{}" points="{}"/>').format(number, _points(data, values))
        for position, value in enumerate(data):
            dot = '<circle class="dot c{}" cx="{}" cy="{}" r="3.5"><title>{}: {}</title></circle>'
            html += Markup(dot).format(number, _middle(position, count), values.y(value), name, exact(value))
    return html


def _areas(series: list[tuple[str, list[float]]], values: Scale, count: int) -> Markup:
    html = Markup("")
    for number, (_, data) in enumerate(series):
        floor = values.y(0)
        shape = f"{_middle(0, count)},{floor} {_points(data, values)} {_middle(count - 1, count)},{floor}"
        html += Markup('<polygon class="area c{}" points="{}"/>').format(number, shape)
    return html + _lines(series, values, count)


def _pie(spec: Json) -> Json:
    segments = spec["segments"]
    total = sum(segment["value"] for segment in segments)
    html, angle = Markup(""), -math.pi / 2
    for number, segment in enumerate(segments):
        share = segment["value"] / total
        title = Markup("<title>{}: {}</title>").format(segment["label"], exact(segment["value"]))
        html += _slice(number, angle, share, title)
        angle += share * 2 * math.pi
    rows = [[s["label"], exact(s["value"]), f"{s['value'] / total:.1%}"] for s in segments]
    return {
        "svg": html,
        "box": f"0 0 {WIDTH} {HEIGHT}",
        "legend": [f"{s['label']} {s['value'] / total:.0%}" for s in segments],
        "header": ["Segment", "Value", "Share"],
        "rows": rows,
    }


def _slice(number: int, angle: float, share: float, title: Markup) -> Markup:
    x, y, r = WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 12
    if share > 0.9999:
        return Markup('<circle class="slice c{}" cx="{}" cy="{}" r="{}">{}</circle>').format(number, x, y, r, title)
    end = angle + share * 2 * math.pi
    start_point = f"{x + r * math.cos(angle):.1f} {y + r * math.sin(angle):.1f}"
    end_point = f"{x + r * math.cos(end):.1f} {y + r * math.sin(end):.1f}"
    path = f"M{x} {y} L{start_point} A{r} {r} 0 {int(share > 0.5)} 1 {end_point} Z"
    return Markup('<path class="slice c{}" d="{}">{}</path>').format(number, path, title)
