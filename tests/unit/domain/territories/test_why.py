"""Why an account is where it is: the same as the resolver says, with each other claim and what it lost by."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.company import Span
from domain.holdings import Account, Condition, Holding, How, Pin, Rules, by_account, compile_rules, resolve
from domain.territories.survey import Against, Idle, survey
from domain.territories.why import Lost, Why, explain

ACME, SUB = 1, 2
OHIO, IOWA, MAINE = 10, 11, 12
DAY = date(2026, 8, 14)
BIG = Account(ACME, country="US", region="Midwest", postal_code="44105", industry="Software", employees=600)


def rule(territory: int, name: str, **conditions: str) -> list[Condition]:
    return [Condition(territory, name, dimension, value) for dimension, value in conditions.items()]


def why(account: Account, *rules: list[Condition], pins: tuple[Pin, ...] = (), above: tuple[Account, ...] = ()) -> Why:
    rows = [row for rows in rules for row in rows]
    parents = {one.id: one.parent for one in (account, *above)}
    return explain(account, parents, by_account(pins), Rules(compile_rules(rows, "USD")), DAY)


def lost(found: Why) -> list[tuple[int, str, Lost | None]]:
    return [(claim.territory, claim.rule, claim.lost) for claim in found.claims]


def test_a_pin_beats_an_earlier_pin_and_every_rule() -> None:
    pins = (Pin(ACME, MAINE), Pin(ACME, IOWA, Span(start=DAY)))
    found = why(BIG, rule(OHIO, "us", country="US"), pins=pins)
    assert found.holding == Holding(IOWA, How.PIN)
    assert lost(found) == [(IOWA, "", None), (MAINE, "", Lost.LATER_PIN), (OHIO, "us", Lost.PIN)]
    assert found.decided[0].span == Span(start=DAY)


def test_an_inherited_pin_names_the_company_above_and_a_nearer_one_beats_it() -> None:
    above = Account(ACME)
    found = why(Account(SUB, parent=ACME), pins=(Pin(ACME, OHIO),), above=(above,))
    assert (found.holding, found.decided[0].pinned) == (Holding(OHIO, How.INHERITED_PIN), ACME)
    nearer = why(Account(SUB, parent=ACME), pins=(Pin(ACME, OHIO), Pin(SUB, IOWA)), above=(above,))
    assert lost(nearer) == [(IOWA, "", None), (OHIO, "", Lost.NEARER_PIN)]


def test_rules_say_in_order_what_each_lost_by() -> None:
    found = why(
        BIG,
        rule(OHIO, "wide", country="US", postal_prefix="441", employees_min="100", employees_max="900"),
        rule(OHIO, "won", country="US", postal_prefix="441", employees_min="500", employees_max="700"),
        rule(IOWA, "short", country="US", postal_prefix="44", employees_min="600", employees_max="600"),
        rule(MAINE, "few", country="US"),
        rule(MAINE, "elsewhere", country="DE"),
    )
    assert found.holding == Holding(OHIO, How.RULE)
    assert lost(found) == [
        (OHIO, "won", None),
        (OHIO, "wide", Lost.BAND),
        (IOWA, "short", Lost.PREFIX),
        (MAINE, "few", Lost.DIMENSIONS),
    ]
    assert [claim.rule for claim in found.beaten] == ["wide", "short", "few"]


def test_an_overlap_names_the_rules_that_are_equal() -> None:
    rules = rule(OHIO, "a", country="US"), rule(IOWA, "b", industry="Software"), rule(OHIO, "c", region="Midwest")
    found = why(BIG, *rules)
    assert found.holding == Holding(None, How.OVERLAP, (OHIO, IOWA))
    assert {claim.rule for claim in found.decided} == {"a", "b", "c"}


def test_nothing_claims_it() -> None:
    assert why(BIG, rule(OHIO, "a", country="DE")) == Why(Holding(None, How.GAP), ())


days = st.dates(DAY - timedelta(3), DAY + timedelta(3))
spans = st.builds(lambda start, length: Span(start, start + timedelta(length)), days, st.integers(1, 4))
territories = st.sampled_from([OHIO, IOWA, MAINE])
pins = st.lists(st.builds(Pin, st.integers(1, 4), territories, spans), max_size=5)
conditions = st.lists(
    st.builds(
        Condition,
        territory=territories,
        rule=st.sampled_from(["a", "b", "c"]),
        dimension=st.sampled_from(["country", "industry", "postal_prefix", "employees_min", "employees_max"]),
        value=st.sampled_from(["1", "2", "12", "1;2"]),
        span=st.one_of(st.just(Span()), spans),
    ).filter(lambda row: not (row.dimension.startswith("employees") and ";" in row.value)),
    max_size=14,
    unique_by=lambda row: (row.territory, row.rule, row.dimension),
)
words = st.sampled_from(["1", "2", "12", None])
accounts = st.lists(
    st.builds(
        Account,
        id=st.just(0),
        parent=st.sampled_from([None, 1, 2, 3, 4]),
        country=words,
        postal_code=words,
        industry=words,
        employees=st.sampled_from([None, 1, 2, 12]),
    ),
    min_size=4,
    max_size=4,
).map(lambda found: [Account(at, *_facts(one)) for at, one in enumerate(found, 1)])


def _facts(one: Account) -> tuple[object, ...]:
    return one.parent, one.country, one.region, one.postal_code, one.industry, one.employees, one.annual_revenue


@given(accounts, pins, conditions, days)
def test_the_explanation_and_the_survey_say_what_the_resolver_says(
    known: list[Account], pinned: list[Pin], rows: list[Condition], day: date
) -> None:
    lines = resolve(known, pinned, rows, "USD")
    gap = Holding(None, How.GAP)
    expected = {one.id: lines[one.id].at(day) if one.id in lines else gap for one in known}
    rules, parents = Rules(compile_rules(rows, "USD")), {one.id: one.parent for one in known}
    explained = {one.id: explain(one, parents, by_account(pinned), rules, day) for one in known}
    assert {number: found.holding for number, found in explained.items()} == expected
    assert survey(known, pinned, rows, "USD", day).holdings == expected
    for found in explained.values():
        assert bool(found.decided) == (found.holding.how is not How.GAP)
        assert len(found.decided) + len(found.beaten) == len(found.claims)


def test_rules_that_no_account_meets_and_pins_against_the_rules() -> None:
    rows = [
        *rule(OHIO, "us", country="US"),
        *rule(IOWA, "software", country="US", industry="Software"),
        *rule(MAINE, "nobody", country="DE"),
        Condition(MAINE, "over", "country", "US", Span(end=DAY)),
    ]
    known = [BIG, Account(SUB, country="US", parent=ACME), Account(3, country="US")]
    found = survey(known, [Pin(ACME, OHIO), Pin(3, OHIO)], rows, "USD", DAY)
    assert found.idle == (Idle(MAINE, "nobody"),)
    assert found.against == (Against(ACME, OHIO, (IOWA,)),)
    assert found.counts() == {OHIO: 3}
    assert not survey(known, [], [], "USD", DAY).ruled
