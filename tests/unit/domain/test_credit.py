"""Who gets credit: each branch by example, and what always holds."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.company import WHOLE, Assignment, AssignmentRole, Company, Person, Role, Settings, Span, Territory
from domain.credit import (
    Attribution,
    Because,
    CreditContext,
    Deal,
    Frozen,
    Kind,
    Part,
    attribute,
    attribute_open,
    share_out,
    whole,
)
from domain.holdings import Holding, How
from domain.timelines import Timeline, timeline

ANA, BEN, CY, OVE = 1, 2, 3, 4
OHIO, IOWA, MIDWEST = 10, 11, 19
ACME = 100
DAY = date(2026, 8, 14)
LATER = date(2026, 9, 1)
PRIMARY, OVERLAY, COVER = AssignmentRole.PRIMARY, AssignmentRole.OVERLAY, AssignmentRole.COVER


def company(*held: Assignment, left: Mapping[int, date] | None = None) -> Company:
    people = {
        one: Person(id=one, key=str(one), name=str(one), role=Role.REP, left_on=(left or {}).get(one))
        for one in (ANA, BEN, CY, OVE)
    }
    territories = {
        MIDWEST: Territory(MIDWEST, "midwest", "Midwest"),
        OHIO: Territory(OHIO, "ohio", "Ohio", parent=MIDWEST),
        IOWA: Territory(IOWA, "iowa", "Iowa", parent=MIDWEST),
    }
    return Company(1, Settings(), people=people, territories=territories, assignments=held)


def holds(person: int, territory: int, role: AssignmentRole = PRIMARY, share: int = WHOLE, **span: date) -> Assignment:
    return Assignment(territory, person, role, Span(**span), share)


def context(*held: Assignment, accounts: Mapping[int, int] | None = None, **more: Mapping[int, date]) -> CreditContext:
    lines = {account: Timeline((date.min,), (Holding(home, How.PIN),)) for account, home in (accounts or {}).items()}
    return CreditContext(company(*held, **more), lines)


def deal(**given: object) -> Deal:
    return Deal(**{"owner": None, "territory": None, "account": None, "day": DAY, **given})  # type: ignore[arg-type]


def who(attribution: Attribution) -> list[tuple[Kind, int | None, int, Because]]:
    return [tuple(part) for part in attribution.parts]


class TestPerson:
    def test_splits_come_before_the_owner(self) -> None:
        result = attribute(deal(owner=ANA, splits=[(CY, 400_000), (BEN, 600_000)]), context())
        assert who(result) == [
            (Kind.REVENUE, BEN, 600_000, Because.SPLIT),
            (Kind.REVENUE, CY, 400_000, Because.SPLIT),
        ]

    def test_the_owner_comes_before_the_territory(self) -> None:
        result = attribute(deal(owner=ANA, territory=OHIO), context(holds(BEN, OHIO)))
        assert who(result) == [(Kind.REVENUE, ANA, WHOLE, Because.OWNER)]

    def test_the_primary_of_the_day_takes_a_deal_without_an_owner(self) -> None:
        held = context(holds(ANA, OHIO, end=LATER), holds(BEN, OHIO, start=LATER))
        before, after = (attribute(deal(territory=OHIO, day=day), held) for day in (LATER - timedelta(1), LATER))
        assert who(before) == [(Kind.REVENUE, ANA, WHOLE, Because.TERRITORY)]
        assert who(after) == [(Kind.REVENUE, BEN, WHOLE, Because.TERRITORY)]

    def test_a_shared_territory_is_shared_by_percent_and_the_rest_is_unassigned(self) -> None:
        result = attribute(
            deal(territory=OHIO), context(holds(ANA, OHIO, share=500_000), holds(BEN, OHIO, share=300_000))
        )
        assert who(result) == [
            (Kind.REVENUE, ANA, 500_000, Because.TERRITORY),
            (Kind.REVENUE, BEN, 300_000, Because.TERRITORY),
            (Kind.REVENUE, None, 200_000, Because.UNASSIGNED),
        ]

    @pytest.mark.parametrize("given", [{}, {"territory": OHIO}, {"territory": IOWA}])
    def test_without_owner_and_holder_it_is_unassigned(self, given: dict[str, int]) -> None:
        result = attribute(deal(**given), context(holds(BEN, IOWA, COVER), holds(ANA, OHIO, start=LATER)))
        assert who(result) == [(Kind.REVENUE, None, WHOLE, Because.UNASSIGNED)]

    def test_a_person_who_left_holds_nothing_after_the_last_day(self) -> None:
        held = context(holds(ANA, OHIO), left={ANA: DAY})
        assert attribute(deal(territory=OHIO), held).parts[0].person == ANA
        assert attribute(deal(territory=OHIO, day=DAY + timedelta(1)), held).parts[0].person is None
        assert attribute(deal(owner=ANA, day=DAY + timedelta(1)), held).territory is None


class TestTerritory:
    def test_the_deal_s_own_comes_first(self) -> None:
        held = context(holds(ANA, OHIO), accounts={ACME: OHIO})
        assert attribute(deal(owner=ANA, account=ACME, territory=IOWA), held).territory == IOWA

    def test_then_the_account_s(self) -> None:
        assert (
            attribute(deal(owner=ANA, account=ACME), context(holds(ANA, OHIO), accounts={ACME: IOWA})).territory == IOWA
        )

    def test_then_the_owner_s_only_one(self) -> None:
        assert (
            attribute(deal(owner=ANA, account=ACME), context(holds(ANA, OHIO), holds(ANA, IOWA, COVER))).territory
            == OHIO
        )

    def test_an_owner_of_two_gives_none(self) -> None:
        assert attribute(deal(owner=ANA), context(holds(ANA, OHIO), holds(ANA, IOWA))).territory is None

    def test_an_owner_of_two_has_only_one_after_giving_one_back(self) -> None:
        held = context(holds(ANA, OHIO), holds(ANA, IOWA, end=DAY))
        assert attribute(deal(owner=ANA), held).territory == OHIO

    def test_the_account_s_is_that_of_the_day(self) -> None:
        line = timeline([(Span(end=LATER), OHIO), (Span(start=LATER), IOWA)], lambda found: Holding(found[0], How.PIN))
        held = CreditContext(company(), {ACME: line})
        assert attribute(deal(account=ACME), held).territory == OHIO
        assert attribute(deal(account=ACME, day=LATER), held).territory == IOWA

    def test_splits_do_not_decide_the_territory(self) -> None:
        result = attribute(deal(owner=ANA, splits=[(BEN, WHOLE)]), context(holds(ANA, OHIO), holds(BEN, IOWA)))
        assert result.territory == OHIO


class TestOverlay:
    def test_an_assignment_gives_all_of_the_deal_beside_the_revenue(self) -> None:
        result = attribute(deal(owner=ANA, territory=OHIO), context(holds(OVE, OHIO, OVERLAY)))
        assert who(result)[1:] == [(Kind.OVERLAY, OVE, WHOLE, Because.OVERLAY_ASSIGNMENT)]

    def test_explicit_overlay_splits_replace_assignments(self) -> None:
        result = attribute(
            deal(owner=ANA, territory=OHIO, overlay_splits=[(CY, 700_000), (BEN, WHOLE)]),
            context(holds(OVE, OHIO, OVERLAY)),
        )
        assert who(result)[1:] == [
            (Kind.OVERLAY, BEN, WHOLE, Because.OVERLAY_SPLIT),
            (Kind.OVERLAY, CY, 700_000, Because.OVERLAY_SPLIT),
        ]

    def test_an_overlay_above_reaches_down_and_counts_once(self) -> None:
        held = context(
            holds(OVE, MIDWEST, OVERLAY), holds(OVE, OHIO, OVERLAY, share=500_000), holds(CY, MIDWEST, OVERLAY)
        )
        assert [(part.person, part.share) for part in attribute(deal(territory=OHIO), held).parts[1:]] == [
            (CY, WHOLE),
            (OVE, 500_000),
        ]
        assert [(part.person, part.share) for part in attribute(deal(territory=IOWA), held).parts[1:]] == [
            (CY, WHOLE),
            (OVE, WHOLE),
        ]

    def test_without_a_territory_there_is_none(self) -> None:
        assert attribute(deal(owner=ANA), context(holds(OVE, OHIO, OVERLAY))).parts == context().owner(ANA)


class TestFrozen:
    def test_owner_and_territory_stay_as_they_were_at_close(self) -> None:
        held = context(holds(BEN, IOWA))
        result = attribute(deal(owner=BEN, territory=IOWA), held, Frozen(ANA, OHIO))
        assert (result.owner, result.territory, result.parts[0].person) == (ANA, OHIO, ANA)

    def test_an_empty_owner_is_filled_later(self) -> None:
        result = attribute(deal(owner=BEN), context(holds(ANA, OHIO)), Frozen(None, OHIO))
        assert (result.owner, result.territory, result.parts[0].person) == (BEN, OHIO, BEN)

    def test_an_empty_territory_is_filled_later_by_the_owner_at_close(self) -> None:
        result = attribute(deal(owner=BEN), context(holds(ANA, OHIO), holds(BEN, IOWA)), Frozen(ANA, None))
        assert (result.owner, result.territory) == (ANA, OHIO)

    def test_the_holder_who_stood_in_for_an_owner_is_not_frozen(self) -> None:
        first = attribute(deal(territory=OHIO), context(holds(ANA, OHIO)))
        later = attribute(deal(territory=OHIO), context(holds(BEN, OHIO)), Frozen(first.owner, first.territory))
        assert later.parts[0].person == BEN

    def test_splits_are_not_frozen(self) -> None:
        result = attribute(deal(owner=ANA, splits=[(BEN, WHOLE)]), context(), Frozen(ANA, OHIO))
        assert who(result) == [(Kind.REVENUE, BEN, WHOLE, Because.SPLIT)]


class TestReturn:
    def test_it_takes_people_shares_and_territory_of_what_it_reverses(self) -> None:
        sold = attribute(
            deal(owner=ANA, territory=OHIO, splits=[(ANA, 250_000), (BEN, 750_000)]), context(holds(OVE, OHIO, OVERLAY))
        )
        result = attribute(deal(owner=CY, day=LATER), context(holds(CY, IOWA)), reverses=sold)
        assert who(result) == [
            (Kind.REVENUE, ANA, 250_000, Because.RETURN),
            (Kind.REVENUE, BEN, 750_000, Because.RETURN),
            (Kind.OVERLAY, OVE, WHOLE, Because.RETURN),
        ]
        assert result.territory == OHIO

    def test_its_own_territory_counts(self) -> None:
        sold = attribute(deal(owner=ANA, territory=OHIO), context())
        assert attribute(deal(territory=IOWA), context(), reverses=sold).territory == IOWA

    def test_one_that_names_no_deal_goes_to_its_owner(self) -> None:
        assert who(attribute(deal(owner=ANA), context())) == [(Kind.REVENUE, ANA, WHOLE, Because.OWNER)]


class TestOpenDeals:
    def test_it_changes_hands_with_its_territory_once_its_day_has_passed(self) -> None:
        held = context(holds(ANA, OHIO, end=LATER), holds(BEN, OHIO, start=LATER))
        found = [
            (days, attribution.parts[0].person) for days, attribution in attribute_open(deal(territory=OHIO), held)
        ]
        assert found == [(Span(end=LATER), ANA), (Span(start=LATER), BEN)]

    def test_it_is_theirs_who_will_hold_the_territory_on_the_day_that_it_is_expected(self) -> None:
        held = context(holds(ANA, OHIO, end=LATER), holds(BEN, OHIO, start=LATER))
        found = [(days, one.parts[0].person) for days, one in attribute_open(deal(territory=OHIO, day=LATER), held)]
        assert found == [(Span(), BEN)]

    def test_one_that_nobody_expects_follows_its_account_from_the_first_day_on(self) -> None:
        line = timeline([(Span(end=LATER), OHIO), (Span(start=LATER), IOWA)], lambda found: Holding(found[0], How.PIN))
        held = CreditContext(company(holds(ANA, OHIO), holds(BEN, IOWA)), {ACME: line})
        found = [
            (days, one.territory, one.parts[0].person)
            for days, one in attribute_open(deal(account=ACME, day=date.min), held)
        ]
        assert found == [(Span(end=LATER), OHIO, ANA), (Span(start=LATER), IOWA, BEN)]

    def test_an_owner_who_gives_a_territory_back_takes_the_deal_into_the_other(self) -> None:
        held = context(holds(ANA, OHIO), holds(ANA, IOWA, end=LATER))
        found = [(days, one.territory) for days, one in attribute_open(deal(owner=ANA), held)]
        assert found == [(Span(end=LATER), None), (Span(start=LATER), OHIO)]


people = st.sampled_from([ANA, BEN, CY, OVE])
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
splits = st.dictionaries(people, st.integers(0, WHOLE)).map(lambda found: list(found.items()))
spans = st.tuples(days, days).filter(lambda pair: pair[0] != pair[1]).map(sorted).map(lambda pair: Span(*pair))
assignments = st.builds(
    Assignment,
    territory=st.sampled_from([OHIO, IOWA, MIDWEST]),
    person=people,
    role=st.sampled_from(AssignmentRole),
    span=st.one_of(st.just(Span()), spans),
    share=st.sampled_from([WHOLE, 500_000, 333_333]),
)
contexts = st.lists(assignments, max_size=8).map(lambda held: context(*held, accounts={ACME: OHIO}))
deals = st.builds(
    Deal,
    owner=st.none() | people,
    territory=st.sampled_from([None, OHIO, IOWA]),
    account=st.sampled_from([None, ACME]),
    day=days,
    splits=splits,
    overlay_splits=splits,
)
frozen = st.builds(Frozen, st.none() | people, st.sampled_from([None, OHIO, IOWA]))
amounts = st.integers(-(10**15), 10**15)


@given(deals, contexts, frozen, amounts, st.none() | deals)
def test_revenue_is_exactly_the_whole_deal(
    one: Deal, held: CreditContext, at_close: Frozen, total: int, sold: Deal | None
) -> None:
    result = attribute(one, held, at_close, attribute(sold, held) if sold else None)
    parts = share_out(total, result.parts)
    revenue = [index for index, part in enumerate(result.parts) if part.kind is Kind.REVENUE]
    assert sum(result.parts[index].share for index in revenue) == WHOLE
    assert sum(parts[index] for index in revenue) == total
    assert all(part.share > 0 for part in result.parts)


lines = st.lists(st.tuples(spans, st.sampled_from([OHIO, IOWA])), max_size=4).map(
    lambda claims: timeline(claims, lambda found: Holding(found[0], How.PIN) if found else Holding(None, How.GAP))
)


@given(deals, st.lists(assignments, max_size=8), lines, days, st.booleans())
def test_on_every_day_an_open_deal_is_theirs_who_get_the_credit_of_its_day_or_today_s_if_that_has_passed(
    one: Deal, held: list[Assignment], line: Timeline[Holding], today: date, expected: bool
) -> None:
    everything = CreditContext(company(*held), {ACME: line})
    one = one if expected else one._replace(day=date.min)
    found = list(attribute_open(one, everything))
    assert [days.start for days, _ in found] == [date.min, *(days.end for days, _ in found[:-1])]
    assert found[-1][0].end == date.max
    [whose] = [attribution for days, attribution in found if today in days]
    credited = attribute(one._replace(day=max(one.day, today)), everything)
    assert (whose.owner, whose.territory) == (credited.owner, credited.territory)
    assert whose.parts == tuple(part for part in credited.parts if part.kind is Kind.REVENUE)


@given(deals, contexts, st.lists(st.tuples(people, st.sampled_from([OHIO, IOWA])), max_size=3))
def test_overlay_changes_nothing_but_overlay(one: Deal, held: CreditContext, more: list[tuple[int, int]]) -> None:
    plain = attribute(one._replace(overlay_splits=()), context(accounts={ACME: OHIO}))
    overlaid = attribute(one, context(*(holds(*pair, OVERLAY) for pair in more), accounts={ACME: OHIO}))
    assert [part for part in overlaid.parts if part.kind is Kind.REVENUE] == list(plain.parts)
    assert overlaid.territory == plain.territory


@given(deals, contexts, contexts)
def test_what_was_frozen_at_close_no_longer_depends_on_anything(
    one: Deal, then: CreditContext, now: CreditContext
) -> None:
    first = attribute(one, then)
    changed = one._replace(owner=CY, territory=MIDWEST, account=None)
    later = attribute(changed, now, Frozen(first.owner, first.territory))
    assert first.owner in (None, later.owner)
    assert first.territory in (None, later.territory)
    if first.owner is not None:
        assert [part for part in later.parts if part.kind is Kind.REVENUE] == [
            part for part in first.parts if part.kind is Kind.REVENUE
        ]


@given(splits)
def test_shares_are_made_whole_and_keep_their_order(shares: list[tuple[int, int]]) -> None:
    parts = whole(shares, Because.SPLIT)
    assert sum(part.share for part in parts) == WHOLE
    total = sum(share for _, share in shares)
    if total <= WHOLE:
        assert {part.person: part.share for part in parts if part.person} == {
            person: share for person, share in shares if share
        }
    larger = sorted(shares, key=lambda pair: pair[1])
    given_to = {part.person: part.share for part in parts}
    assert all(given_to.get(a, 0) <= given_to.get(b, 0) for (a, x), (b, y) in pairwise(larger) if x < y)


def test_an_overlay_part_is_rounded_alone() -> None:
    parts = (Part(Kind.REVENUE, ANA, WHOLE, Because.OWNER), Part(Kind.OVERLAY, OVE, 333_333, Because.OVERLAY_SPLIT))
    assert share_out(1_000, parts) == [1_000, 333]
    assert share_out(-1_000, parts) == [-1_000, -333]
