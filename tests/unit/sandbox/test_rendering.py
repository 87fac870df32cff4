"""What a person or an app supplied becomes text, never HTML; charts are drawn to scale."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.render.charts import chart, exact, scale, short
from sandbox.render.html import initials
from sandbox.render.mrkdwn import Names, mrkdwn, rich_text

NAMES = Names(user=lambda who: {"U1": "Ana <b>"}.get(who, "someone"), channel=lambda _: "general")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _it_ and ~no~", "<strong>bold</strong> and <em>it</em> and <s>no</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 and snake_case_name and a ~ b", "2*3*4 and snake_case_name and a ~ b"),
        ("* not bold *", "* not bold *"),
        ("`*code*`", "<code>*code*</code>"),
        ("```a\n*b*```", "<pre>a\n*b*</pre>"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nafter", "<blockquote>said</blockquote>after"),
        ("<https://example.com/a_b_c|A &amp; B>", '<a href="https://example.com/a_b_c" target="_blank" rel="noopener noreferrer">A &amp; B</a>'),
        ("*<https://example.com|x>*", '<strong><a href="https://example.com" target="_blank" rel="noopener noreferrer">x</a></strong>'),
        ("<javascript:alert(1)|click>", "click"),
        ("<@U1> <#C1> <!here>", '<span class="mention">@Ana &lt;b&gt;</span> <span class="mention">#general</span> <span class="mention">@here</span>'),
        ("&lt;script&gt; &amp;amp; <script>", "&lt;script&gt; &amp;amp; script"),
        (":tada: :nope:", '<span role="img" aria-label="tada">🎉</span> :nope:'),
        ("<!date^1^{date}|1 Jan>", "1 Jan"),
    ],
)  # fmt: skip
def test_mrkdwn(text: str, html: str):
    assert str(mrkdwn(text, NAMES)) == html


@given(st.text(alphabet="<>&\"'*_~`|@#!\n/:ascripthref=u ", max_size=60))
def test_no_text_becomes_an_element_that_mrkdwn_does_not_have(text: str):
    html = str(mrkdwn(text, NAMES))
    tags = set(re.findall(r"<(/?[a-z]+)", html))
    known = {"strong", "em", "s", "code", "pre", "br", "blockquote", "a", "span"}
    assert {tag.removeprefix("/") for tag in tags} <= known
    assert not re.search(r"<[^>]*\son\w+=", html)
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)


def test_rich_text():
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "<b>", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}]},
            {"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "javascript:x", "text": "no"}]}]},
        ],
    }  # fmt: skip
    html = str(rich_text(block, NAMES))
    assert "<p><strong>&lt;b&gt;</strong>" in html
    assert '<ol class="indent-0"><li>no</li></ol>' in html


@given(st.lists(st.floats(-1e9, 1e9).map(lambda value: round(value, 2)), min_size=1, max_size=20))
def test_an_axis_holds_all_values_and_zero_in_few_round_steps(values: list[float]):
    axis = scale(values)
    assert axis.low <= min(0.0, *values)
    assert axis.high >= max(0.0, *values)
    assert 1 <= len(axis.marks) <= 10
    assert axis.y(axis.high) < axis.y(axis.low)


def test_numbers_on_charts():
    assert [short(value) for value in (1_250_000, -3_000, 12, 0.5)] == ["1.25M", "−3k", "12", "0.5"]
    assert exact(-1234567.5) == "−1,234,567.5"


@pytest.mark.parametrize("kind", ["line", "bar", "area"])
def test_a_plot_has_its_figures_as_a_table_in_the_order_of_the_axis(kind: str):
    series = {"name": "Won <1>", "data": [{"label": "Feb", "value": -2}, {"label": "Jan", "value": 1000}]}
    drawn = chart(
        {"title": "T", "chart": {"type": kind, "series": [series], "axis_config": {"categories": ["Jan", "Feb"]}}}
    )
    assert drawn["rows"] == [["Jan", "1,000"], ["Feb", "−2"]]
    assert drawn["header"] == ["Category", "Won <1>"]
    assert "Won &lt;1&gt;" in drawn["svg"]
    assert "<1>" not in drawn["svg"]


def test_a_pie_says_its_shares():
    drawn = chart({"chart": {"type": "pie", "segments": [{"label": "New", "value": 3}, {"label": "Old", "value": 1}]}})
    assert drawn["rows"] == [["New", "3", "75.0%"], ["Old", "1", "25.0%"]]
    whole = chart({"chart": {"type": "pie", "segments": [{"label": "All", "value": 3}]}})
    assert "<circle" in whole["svg"]


def test_initials():
    assert [initials(name) for name in ("Ana Silva", "Chen", "Mary Jane Watson", "(x)")] == ["AS", "C", "MW", "?"]
