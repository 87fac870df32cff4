"""Which territory an account is in: pins, inherited pins, rules by specificity, overlaps."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import Span
from domain.errors import DataError
from domain.holdings import Account, Condition, Holding, How, Overlap, Pin, overlaps, resolve
from domain.timelines import timeline

ACME, SUB, SUBSUB = 1, 2, 3
OHIO, IOWA, MAINE = 10, 11, 12
DAY = date(2026, 8, 14)
LATER = date(2026, 9, 1)


def rule(territory: int, name: str = "r", span: Span | None = None, **conditions: str) -> list[Condition]:
    return [Condition(territory, name, dimension, value, span or Span()) for dimension, value in conditions.items()]


def home(account: Account, *rules: list[Condition], pins: tuple[Pin, ...] = (), day: date = DAY) -> Holding:
    found = resolve([account], pins, [row for rows in rules for row in rows], "USD").get(account.id)
    return found.at(day) if found else Holding(None, How.GAP)


BIG = Account(
    ACME,
    country="US",
    region="Midwest",
    postal_code="441 05",
    industry="Software",
    employees=600,
    annual_revenue=5_000_000_00,
)
FAMILY = [Account(ACME), Account(SUB, parent=ACME), Account(SUBSUB, parent=SUB)]


class TestPins:
    def test_a_pin_beats_every_rule(self) -> None:
        assert home(BIG, rule(OHIO, country="US", region="Midwest", industry="Software"), pins=(Pin(ACME, IOWA),)) == (
            IOWA,
            How.PIN,
            (),
        )

    def test_a_named_account_takes_its_subsidiaries_along(self) -> None:
        found = resolve(FAMILY, [Pin(ACME, OHIO)], rule(IOWA, country="US"), "USD")
        assert [found[one.id].at(DAY) for one in FAMILY] == [(OHIO, How.PIN, ()), *[(OHIO, How.INHERITED_PIN, ())] * 2]

    def test_the_nearest_pin_above_wins_and_its_days_count(self) -> None:
        found = resolve(FAMILY, [Pin(ACME, OHIO), Pin(SUB, IOWA, Span(end=LATER))], [], "USD")
        assert (found[SUBSUB].at(DAY).territory, found[SUBSUB].at(LATER).territory) == (IOWA, OHIO)

    def test_of_two_pins_on_a_day_the_later_one_holds(self) -> None:
        pins = (Pin(ACME, OHIO), Pin(ACME, IOWA, Span(start=DAY)))
        assert home(BIG, pins=pins).territory == IOWA
        assert home(BIG, pins=pins, day=DAY - timedelta(1)).territory == OHIO

    def test_the_rule_holds_before_the_pin_begins(self) -> None:
        assert home(BIG, rule(OHIO, country="US"), pins=(Pin(ACME, IOWA, Span(start=LATER)),)) == (OHIO, How.RULE, ())

    def test_accounts_in_a_circle_do_not_hang(self) -> None:
        found = resolve([Account(ACME, parent=SUB), Account(SUB, parent=ACME)], [Pin(SUB, OHIO)], [], "USD")
        assert found[ACME].at(DAY) == (OHIO, How.INHERITED_PIN, ())


class TestRules:
    @pytest.mark.parametrize(
        "conditions",
        [
            {"country": "us"},
            {"country": "DE; US"},
            {"region": "midwest", "industry": "software"},
            {"postal_prefix": "441"},
            {"postal_prefix": "9;4410"},
            {"employees_min": "600"},
            {"employees_max": "600"},
            {"revenue_min": "5000000", "revenue_max": "5000000.00"},
        ],
    )
    def test_a_rule_claims(self, conditions: dict[str, str]) -> None:
        assert home(BIG, rule(OHIO, **conditions)) == (OHIO, How.RULE, ())

    @pytest.mark.parametrize(
        "conditions",
        [
            {"country": "DE"},
            {"country": "US", "industry": "Retail"},
            {"postal_prefix": "442"},
            {"employees_min": "601"},
            {"employees_max": "599"},
            {"revenue_min": "5000000.01"},
        ],
    )
    def test_a_rule_does_not_claim(self, conditions: dict[str, str]) -> None:
        assert home(BIG, rule(OHIO, **conditions)).territory is None

    @pytest.mark.parametrize(
        "dimension", ["country", "region", "industry", "postal_prefix", "employees_max", "revenue_min"]
    )
    def test_what_an_account_does_not_say_matches_nothing(self, dimension: str) -> None:
        assert home(Account(ACME), rule(OHIO, **{dimension: "1"})).territory is None

    def test_rules_of_a_territory_are_or_ed(self) -> None:
        assert home(BIG, rule(OHIO, "a", country="DE"), rule(OHIO, "b", industry="software")).territory == OHIO

    def test_a_rule_holds_on_the_days_that_all_its_conditions_have(self) -> None:
        rows = [
            Condition(OHIO, "r", "country", "US", Span(end=LATER)),
            Condition(OHIO, "r", "industry", "software", Span(start=DAY)),
        ]
        assert [home(BIG, rows, day=day).territory for day in (DAY - timedelta(1), DAY, LATER)] == [None, OHIO, None]

    def test_a_rule_whose_conditions_share_no_day_never_holds(self) -> None:
        rows = [
            Condition(OHIO, "r", "country", "US", Span(end=DAY)),
            Condition(OHIO, "r", "industry", "software", Span(start=DAY)),
        ]
        assert home(BIG, rows).territory is None

    @pytest.mark.parametrize(
        ("dimension", "value"), [("employees_min", "many"), ("revenue_max", "NaN"), ("colour", "red")]
    )
    def test_what_cannot_be_read_is_said(self, dimension: str, value: str) -> None:
        with pytest.raises(DataError, match=r"Use|Write"):
            home(BIG, rule(OHIO, **{dimension: value}))


class TestSpecificity:
    @pytest.mark.parametrize(
        ("specific", "general"),
        [
            ({"country": "US", "industry": "Software"}, {"region": "Midwest"}),
            ({"country": "US", "region": "Midwest"}, {"employees_min": "500", "employees_max": "700"}),
            ({"postal_prefix": "4410"}, {"postal_prefix": "441"}),
            ({"postal_prefix": "4"}, {"country": "US"}),
            ({"postal_prefix": "441"}, {"postal_prefix": "4;44;9999999"}),
            ({"employees_min": "500", "employees_max": "700"}, {"employees_min": "500", "employees_max": "1000"}),
            ({"employees_min": "500", "employees_max": "1000"}, {"employees_min": "500"}),
            ({"employees_min": "500"}, {"employees_min": "100"}),
            ({"employees_max": "700"}, {"employees_max": "1000"}),
            ({"revenue_min": "1000000", "revenue_max": "9000000"}, {"revenue_min": "1000000"}),
        ],
    )
    def test_the_more_specific_rule_wins(self, specific: dict[str, str], general: dict[str, str]) -> None:
        for rules in permutations([rule(OHIO, "s", **specific), rule(IOWA, "g", **general)]):
            assert home(BIG, *rules) == (OHIO, How.RULE, ())

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"country": "US"}, {"industry": "Software"}),
            ({"postal_prefix": "441"}, {"postal_prefix": "441;7"}),
            ({"employees_min": "500", "employees_max": "700"}, {"employees_min": "550", "employees_max": "750"}),
        ],
    )
    def test_equal_claims_are_an_overlap(self, one: dict[str, str], other: dict[str, str]) -> None:
        assert home(BIG, rule(IOWA, **one), rule(OHIO, **other)) == (None, How.OVERLAP, (OHIO, IOWA))

    def test_equal_claims_of_one_territory_are_none(self) -> None:
        assert home(BIG, rule(OHIO, "a", country="US"), rule(OHIO, "b", industry="Software")).territory == OHIO

    def test_overlaps_are_listed_with_their_days(self) -> None:
        rules = [*rule(OHIO, country="US"), *rule(IOWA, span=Span(DAY, LATER), industry="Software")]
        found = resolve([BIG, Account(SUB, country="US")], [], rules, "USD")
        assert overlaps(found) == [Overlap(ACME, Span(DAY, LATER), (OHIO, IOWA))]


values = st.sampled_from(["US", "DE", "US;DE", "FR"])
conditions = st.lists(
    st.builds(
        Condition,
        territory=st.sampled_from([OHIO, IOWA, MAINE]),
        rule=st.sampled_from(["a", "b"]),
        dimension=st.sampled_from(["country", "region", "industry"]),
        value=values,
    ),
    max_size=8,
    unique_by=lambda row: (row.territory, row.rule, row.dimension),
)
accounts = st.builds(
    Account,
    id=st.just(ACME),
    country=st.sampled_from(["US", "DE", None]),
    region=st.sampled_from(["US", "FR"]),
    industry=st.just("DE"),
)


@given(accounts, conditions, st.randoms())
def test_the_order_of_rules_does_not_matter(account: Account, rows: list[Condition], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert home(account, rows) == home(account, shuffled)


@given(accounts, conditions)
def test_the_winner_is_a_rule_with_the_most_matching_dimensions(account: Account, rows: list[Condition]) -> None:
    by_rule: dict[tuple[int, str], list[Condition]] = {}
    for row in rows:
        by_rule.setdefault((row.territory, row.rule), []).append(row)
    matching = {
        key: len(found)
        for key, found in by_rule.items()
        if all(getattr(account, row.dimension) in row.value.split(";") for row in found)
    }
    best = {territory for (territory, _), count in matching.items() if count == max(matching.values())}
    result = home(account, rows)
    assert result.territory == (best.pop() if len(best) == 1 else None)
    assert (result.how is How.GAP) == (not matching)


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2026, 2, 1)), st.integers(1, 20), st.integers(0, 5)), max_size=6
    ),
    st.dates(date(2025, 12, 25), date(2026, 2, 25)),
)
def test_a_timeline_knows_each_day(claims: list[tuple[date, int, int]], day: date) -> None:
    spans = [(Span(start, start + timedelta(length)), value) for start, length, value in claims]
    line = timeline(spans, tuple)
    assert line.at(day) == tuple(value for span, value in spans if day in span)
    assert [value for span, value in line.stretches() if day in span] == [line.at(day)]
