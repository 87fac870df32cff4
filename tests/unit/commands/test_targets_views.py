"""Cards as Slack takes them, whatever people, deals and territories are called and however many there are."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings

from commands.kit.blocks import to_json
from commands.kit.names import Kind, Subject
from commands.targets import closing_views, views, why_views
from commands.targets.closing import Closing, ClosingDeal, ClosingState
from commands.targets.pipeline import Outlook
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.why import OpenPart, Part, Why, WhyPage
from domain.attainment import NotAvailable, Reason
from domain.company import Metric, Settings
from domain.credit import Because
from domain.credit import Kind as CreditKind
from domain.exchange import Quote
from domain.forecast import Chance, ChanceSource, OpenPipeline, PipelineForecast
from domain.periods import parse_label
from domain.scorecard import Scorecard
from domain.trend import trend, trend_cuts
from sandbox.blocks.surfaces import check_message, check_modal
from storage.counts import CountLine
from storage.ledger import CreditLine, CreditSum, OpenLine
from tests.support.filling import filled
from tests.support.hostile import NAMES, hostile, unseen
from tests.unit.domain.companies import D, holds, model, person, reports, target
from tests.unit.domain.companies import territories as land

PERIOD, TODAY = parse_label("2026Q3", 1), D("2026-08-20")
NOTHING = NotAvailable(Reason.NO_TARGET)
MANY = 120


def a_card(name: str, rows: int, *, vacant: int = 0, metric: Metric = Metric.REVENUE) -> TargetsCard:
    """A manager's card with so many rows, in which everyone and everything has the same name."""
    staff = {number: replace(person(number), name=name) for number in range(1, rows + 1)}
    company = model(
        people=staff,
        reporting=[reports(number, 1) for number in staff if number > 1],
        territories=land(t1=None),
        assignments=[holds(1, 1)],
        targets=[target("person", number, "2026Q3", 100_000 * number) for number in staff],
    )
    credit = [CreditSum(number, None, 0, CreditKind.REVENUE, 9_999_999 * number) for number in staff]
    scores = Scorecard(company, PERIOD, TODAY, credit, trend_cuts(PERIOD))
    team = scores.team_of(1)
    return filled(
        TargetsCard,
        subject=Subject(Kind.PERSON, 1, name),
        period=PERIOD,
        metric=metric,
        metrics=tuple(Metric),
        today=TODAY,
        revision=1,
        currency="USD",
        score=team.whole,
        rows=team.rows,
        vacant=team.rows[:1] * vacant,
        points=tuple(trend(company, team.whole, TODAY, trend_cuts(PERIOD))),
        dated_later=0,
        outlook=Outlook(NOTHING, NOTHING, NOTHING, OpenPipeline((), (), (), has_categories=False), 0),
        territory_names=(name,) * 5,
        not_counted=(name,) * 5,
        has_deals=True,
        sight=Sight.ALL,
    )


def shown(card: TargetsCard, *, plain: bool) -> dict[str, Any]:
    return views.targets_card(card, locale="en-US", settings=Settings()).to_json(plain=plain)


def a_why(name: str, part: Part, metric: Metric) -> Why:
    credit = CreditLine(
        name, name, name, None, CreditKind.REVENUE, 1, 1, TODAY, 500_000, 5, "EUR", 6, 10**12, "2026-08", Because.SPLIT, 1,
        1, 1,
    )  # fmt: skip
    opened = an_open_deal(name)
    held = CountLine(1, 1, 1, TODAY, 10**6, name, name, name, name, 30)
    counted, not_counted = OpenPart(opened, 8, Quote("EUR", 10**12, "2026-08")), OpenPart(opened, None, None)
    card = a_card(name, 3, metric=metric)
    return filled(
        Why,
        page=WhyPage(CardReference.of(card), part),
        card=card,
        pages=1,
        credit=() if part is not Part.CREDIT or metric is not Metric.REVENUE else (credit,) * 10,
        counted=() if part is not Part.CREDIT or metric is Metric.REVENUE else (held,) * 10,
        elsewhere=5,
        parts=card.score.parts[:10],
        target_elsewhere=5,
        open=(counted, not_counted) * 5,
        open_elsewhere=5,
        now=card.score,
        names=dict.fromkeys((1, 2, 3), name),
        territory_names={1: name},
    )


def an_open_deal(name: str) -> OpenLine:
    return OpenLine(name, "", name, 1, 1, 10**5, 7, "EUR", TODAY, name, None, None, 0, 1)


def a_closing(name: str) -> Closing:
    card = a_card(name, 3)
    deals = tuple(
        ClosingDeal(replace(an_open_deal(name), id=number), (1, 2, 3), 10**7, Chance(500_000, ChanceSource.HISTORY, 40))
        for number in range(1, 31)
    )
    state = ClosingState(CardReference.of(card), ticked=frozenset({1, 2}))
    names = dict.fromkeys((1, 2, 3), name)
    return Closing(state, card, deals, frozenset({1, 2}), deals[:12], deals[12:], 3, names, is_own=False)


def accepted(name: str) -> None:
    """The local workspace takes each card and each part of Why?, and nothing in them is unseen."""
    for plain in (False, True):
        card = shown(a_card(name, 3, vacant=12), plain=plain)
        check_message(card["blocks"])
        assert not unseen(card)
        assert len(card["text"]) < 200
    modals = [
        why_views.why_modal(a_why(name, part, metric), locale="en-US", settings=settings_with(crm))
        for part, metric in (
            *((part, Metric.REVENUE) for part in Part),
            (Part.CREDIT, Metric.NEW_CUSTOMERS),
            (Part.CREDIT, Metric.MEETINGS),
        )
        for crm in (None, "https://crm.example/")
    ]
    modals.append(closing_views.closing_modal(a_closing(name), locale="en-US", settings=Settings()))
    for modal in modals:
        made = modal.to_json()
        check_modal(made)
        assert not unseen(made)


def settings_with(crm: str | None) -> Settings:
    return Settings(crm_url=crm and crm + "{deal}", crm_account_url=crm and crm + "{account}")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_whatever_the_name_the_card_is_taken(name: str) -> None:
    accepted(name)
    for plain in (False, True):
        check_message(shown(a_card(name, MANY, vacant=MANY), plain=plain)["blocks"])


@settings(max_examples=40)
@given(hostile())
@example("<\u180e" * 40)
def test_any_name_is_taken(name: str) -> None:
    accepted(name)


@pytest.mark.parametrize("name", ["Ana", "A" * 300], ids=["short", "long"])
@pytest.mark.parametrize("count", [2, 49, 50, 51, MANY])
@pytest.mark.parametrize("plain", [False, True], ids=["table", "text"])
def test_the_rows_that_are_left_out_are_counted(name: str, count: int, plain: bool) -> None:
    blocks = shown(a_card(name, count), plain=plain)["blocks"]
    words = "\n".join(str(block.get("text", block.get("elements"))) for block in blocks)
    if plain:
        lines = words.split("\n")
        seen = sum(line.count("• *") for line in lines)
        # Each row is whole, to its target at the end.
        assert seen == len(re.findall(r"• \*[^*]+\*: [^•]*? of \$[\d.,kM]+", words))
    else:
        seen = len(next(block for block in blocks if block["type"] == "data_table")["rows"]) - 1
    assert seen == min(count, 50) or (plain and name != "Ana" and 30 < seen < 50)
    said = re.search(r"(\d+) more (rows?):", words)
    assert int(said[1] if said else 0) == count - seen
    assert said is None or (said[2] == "row") == (said[1] == "1")
    assert f"Total of the {count} rows" in words


@pytest.mark.parametrize(
    ("vacant", "more"),
    [(1, ""), (10, ""), (11, "1 more territory is vacant."), (25, "15 more territories are vacant.")],
)
def test_vacant_territories_are_named_or_counted(vacant: int, more: str) -> None:
    [block] = [
        block
        for block in shown(a_card("Ana", 2, vacant=vacant), plain=False)["blocks"]
        if block["block_id"] == "vacant"
    ]
    words = block["elements"][0]["text"]
    assert words.count("is vacant: target") == min(vacant, 10)
    assert words.endswith(more or "(not in the total).")


def test_a_chart_s_title_keeps_the_period() -> None:
    [chart] = [block for block in shown(a_card("A" * 300, 2), plain=False)["blocks"] if block["block_id"] == "trend"]
    assert chart["title"].endswith("…: Q3 2026 so far, USD")
    assert len(chart["title"]) <= 50


def test_a_chart_of_a_period_that_is_over_is_not_so_far() -> None:
    card = a_card("Ana", 2)
    progress = replace(card.score.standing.progress, today=card.period.end)
    over = replace(card, score=replace(card.score, standing=replace(card.score.standing, progress=progress)))
    [chart] = [block for block in shown(over, plain=False)["blocks"] if block["block_id"] == "trend"]
    assert chart["title"].endswith(": Q3 2026, USD")


def test_what_is_dated_after_today_is_said() -> None:
    card = replace(a_card("Ana", 2), dated_later=1_000_000)
    assert "$10k of it is of deals that are closed with a date after today." in str(shown(card, plain=False))
    assert "after today" not in str(shown(a_card("Ana", 2), plain=False))


def test_one_s_own_card_speaks_of_one_s_own_target() -> None:
    leaf = a_card("Ana", 1)
    own = replace(leaf, score=leaf.rows[0], rows=())
    for you, said in ((True, "Target: your own."), (False, "Target: their own.")):
        block = views.in_short(own, locale="en-US", settings=Settings(), you=you)[-1]
        assert said in str(to_json([block], limit=10))


def with_overlay() -> TargetsCard:
    """A manager, someone who sells, and someone who supports them and has a target for that."""
    company = model(
        people={number: replace(person(number), name=name) for number, name in ((1, "Mo"), (2, "Ana"), (3, "Yuki"))},
        reporting=[reports(2, 1), reports(3, 1)],
        targets=[target("person", number, "2026Q3", 20_000_000) for number in (2, 3)],
    )
    credit = [
        CreditSum(2, None, 0, CreditKind.REVENUE, 5_000_000),
        CreditSum(3, None, 0, CreditKind.OVERLAY, 9_000_000),
    ]
    team = Scorecard(company, PERIOD, TODAY, credit, ()).team_of(1)
    return replace(a_card("Mo", 1), subject=Subject(Kind.PERSON, 1, "Mo"), score=team.whole, rows=team.rows, points=())


def test_a_manager_sees_where_an_overlay_seller_s_attainment_comes_from() -> None:
    card, plain = shown(with_overlay(), plain=False), shown(with_overlay(), plain=True)
    [table] = [block for block in card["blocks"] if block["type"] == "data_table"]
    header, *rows = table["rows"]
    assert [cell["text"] for cell in header] == ["Who", "Pace", "Credited", "Target"]
    assert {row[0]["text"]: row[2]["text"] for row in rows} == {"Ana": "$50k", "Yuki": "$0 + $90k overlay"}
    total = "$50k credited of $400k. $90k overlay counts for its sellers alone, in their own rows."
    for message in (card, plain):
        assert total in str(message)
    assert "*Yuki*: " in str(plain)
    assert "$0 + $90k overlay of $200k" in str(plain)


def test_a_seller_s_own_card_says_how_much_of_it_is_overlay() -> None:
    [mine] = [row for row in with_overlay().rows if row.subject.name == "Yuki"]
    own = replace(with_overlay(), subject=Subject(Kind.PERSON, 3, "Yuki"), score=mine, rows=())
    assert r"$90k, of which $90k overlay, of $200k (45.0\xa0%)" in str(shown(own, plain=False))


def test_where_there_is_no_overlay_nothing_is_said_of_it() -> None:
    assert "overlay" not in str(shown(a_card("Mo", 3), plain=False))


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (-35_000, "on pace ($350 behind)"),
        (35_000, "on pace ($350 ahead)"),
        (0, "on pace"),
        (-2_000_000, "2\u00a0% behind pace ($20k)"),
        (2_000_000, "2\u00a0% ahead of pace ($20k)"),
    ],
)
def test_what_rounds_to_nothing_is_on_pace(off: int, words: str) -> None:
    company = model(people={1: person(1)}, targets=[target("person", 1, "2026Q3", 200_000_000)])
    expected = Scorecard(company, PERIOD, TODAY, [], ()).person(1).standing.expected or 0
    credit = [CreditSum(1, None, 0, CreditKind.REVENUE, expected + off)]
    score = Scorecard(company, PERIOD, TODAY, credit, ()).person(1)
    card = replace(a_card("Mo", 1), score=score, rows=(), points=())
    assert shown(card, plain=False)["text"].startswith(f"Mo: {words} for Q3 2026")


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (PipelineForecast(13_000_000, 11_000_000, 12_000_000),
         "with open deals $110k commit only, $120k commit and best case, $130k all by their chances."),
        (PipelineForecast(11_500_000, 11_000_000, 12_000_000),
         "with open deals $110k commit only, $115k all by their chances, $120k commit and best case."),
        (PipelineForecast(11_500_000, NOTHING, NOTHING), "$115k with the open deals by their chances."),
    ],
)  # fmt: skip
def test_a_forecast_reads_from_the_lowest_to_the_highest(forecast: PipelineForecast, words: str) -> None:
    outlook = replace(a_card("Mo", 1).outlook, by_pipeline=forecast)
    assert words in str(shown(replace(a_card("Mo", 1), outlook=outlook), plain=False))


def test_what_gets_someone_there_takes_a_target_of_zero() -> None:
    made = a_closing("Ana")
    nothing = replace(made.card.score.standing, target=0)
    card = replace(made.card, score=replace(made.card.score, standing=nothing))
    said = str(closing_views.closing_modal(replace(made, card=card), locale="en-US", settings=Settings()).to_json())
    assert "the target is zero" in said
