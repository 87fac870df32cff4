"""What people type to ask for a change: each kind as it should be, and everything that is wrong at its own field."""

from dataclasses import replace
from datetime import date

import pytest

from commands.kit.inputs import Filled
from commands.requests.asking.accounts import together
from commands.requests.asking.card import typed_terms
from commands.requests.asking.choices import label
from commands.requests.asking.filling import form_of, renamed
from commands.requests.asking.form import CREDITED, NOBODY, Form, FormErrors, Found, TypedTerms, default_day
from commands.requests.asking.reading import MOST_ACCOUNTS, Reader, Wish, field_of
from commands.requests.asking.rule_words import read_rule, rule_words
from domain.calendar import BusinessCalendar
from domain.company import (
    Assignment,
    AssignmentRole,
    Company,
    Metric,
    Person,
    Role,
    Settings,
    Span,
    SubjectKind,
    Territory,
)
from domain.errors import DataError, UsageError
from domain.model import CompanyModel
from domain.requests.model import (
    Basis,
    Change,
    ChangeBoundary,
    ChangeRep,
    ChangeTarget,
    Cover,
    HoldOver,
    Merge,
    MoveAccounts,
    RequestKind,
    Split,
    TargetRule,
    Terms,
)
from domain.requests.policy import RequestPolicy

TODAY = date(2026, 11, 25)
FROM = date(2026, 12, 1)
COMPANY = Company(
    1,
    Settings(currency="USD"),
    people={one: Person(one, f"p{one}", f"Person {one}", Role.REP) for one in (1, 2)},
    territories={one: Territory(one, f"t{one}", f"Territory {one}") for one in (3, 4)},
    assignments=(Assignment(3, 1, AssignmentRole.PRIMARY, Span(date(2026, 1, 1))),),
)
POLICY = RequestPolicy(hold_days=30, hold_stages=frozenset({"proposal"}), hold_least=5_000_000)
GOOD = Form(
    territory="3",
    to="4",
    person="2",
    until="2026-12-18",
    rule="3:north",
    conditions="country = DE",
    key="t5",
    name="North",
    subject="person:1",
    period="2026Q4",
    amount="250k",
    effective_on="2026-12-01",
    reason="It is nearer",
)
TERMS = Terms(hold_over=HoldOver(date(2026, 12, 31), frozenset({"proposal"}), 5_000_000))


def read(form: Form, *accounts: int) -> Wish:
    return Reader(CompanyModel(COMPANY), POLICY, TODAY, "en-US", accounts).wish(form)


def wrong(kind: RequestKind, *accounts: int, **typed: str | TypedTerms) -> dict[str, str]:
    with pytest.raises(FormErrors) as refused:
        read(replace(GOOD, kind=kind.value, **typed), *accounts)  # type: ignore[arg-type]
    return dict(refused.value.by_field)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (RequestKind.MOVE, MoveAccounts((7, 8), 3, 4, TERMS)),
        (RequestKind.REP, ChangeRep(3, 2, 1, TERMS)),
        (RequestKind.COVER, Cover(3, 2, date(2026, 12, 19))),
        (RequestKind.BOUNDARY, ChangeBoundary(3, "north", {"country": "DE"})),
        (RequestKind.SPLIT, Split(3, "t5", "North", (7, 8), 2, TERMS)),
        (RequestKind.MERGE, Merge(3, 4, TERMS)),
        (RequestKind.TARGET, ChangeTarget(SubjectKind.PERSON, 1, "2026Q4", Metric.REVENUE, 25_000_000, "USD")),
    ],
)
def test_each_kind(kind: RequestKind, change: object) -> None:
    assert read(replace(GOOD, kind=kind.value), 7, 8) == Wish(change, FROM)  # type: ignore[arg-type]


CHANGES = (
    MoveAccounts((7, 8), 3, 4, TERMS),
    MoveAccounts(tuple(range(10, 150)), 3, 4, Terms(TargetRule.STAYS, Basis.TYPED, 123_450)),
    ChangeRep(3, None, 1, TERMS),
    Cover(3, 2, date(2026, 12, 19), credited=True),
    ChangeBoundary(3, "north", {"country": "DE;AT", "employees_min": "50"}),
    Split(3, "t5", "North", (7, 8), None, TERMS),
    Merge(3, 4, Terms(TargetRule.RELIEVED, Basis.EQUAL, None, HoldOver(date(2027, 1, 1), frozenset({"lead"}), 5_050, 9))),
    ChangeTarget(SubjectKind.TEAM, 1, "2026Q4", Metric.REVENUE, 25_000_050, "USD"),
    ChangeTarget(SubjectKind.PERSON, 1, "2026Q4", Metric.MEETINGS, 12, None),
)  # fmt: skip


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_a_request_that_is_changed_is_filled_in_as_it_was(change: Change, locale: str) -> None:
    form, found = form_of(change, FROM, "why", default=POLICY.terms(FROM), currency="USD")
    reader = Reader(CompanyModel(COMPANY), POLICY, TODAY, locale, together(form, found))
    assert reader.wish(form) == Wish(change, FROM)


def test_a_rule_that_is_no_more_is_a_new_one() -> None:
    form, _ = form_of(ChangeBoundary(3, "north", {"country": "DE"}), FROM, "why", default=TERMS, currency="USD")
    assert renamed(form, ["3:north"]) == form
    assert (renamed(form, []).rule, renamed(form, []).rule_name) == ("-", "north")


def test_nobody_may_hold_a_territory_but_nobody_cannot_stand_in() -> None:
    vacant = read(replace(GOOD, kind="rep", person=NOBODY)).change
    assert isinstance(vacant, ChangeRep)
    assert vacant.person is None
    assert set(wrong(RequestKind.COVER, person=NOBODY)) == {"person"}


@pytest.mark.parametrize(
    ("kind", "typed", "fields"),
    [
        (RequestKind.MOVE, {"territory": "", "to": "", "effective_on": "", "reason": ""}, "territory to effective_on reason"),
        (RequestKind.MOVE, {"territory": "99", "to": "4; drop"}, "territory to"),
        (RequestKind.MOVE, {"effective_on": "2026-02-30"}, "effective_on"),
        (RequestKind.REP, {"territory": "", "person": ""}, "territory person"),
        (RequestKind.REP, {"person": "99"}, "person"),
        (RequestKind.COVER, {"person": "", "until": ""}, "person until"),
        (RequestKind.COVER, {"until": "soon"}, "until"),
        (RequestKind.BOUNDARY, {"rule": "", "conditions": "colour = red"}, "rule conditions"),
        (RequestKind.BOUNDARY, {"rule": "-", "conditions": ""}, "rule_name conditions"),
        (RequestKind.SPLIT, {"key": "", "name": ""}, "key name"),
        (RequestKind.MERGE, {"territory": "", "to": ""}, "territory to"),
        (RequestKind.TARGET, {"subject": "", "period": "", "amount": ""}, "subject period amount"),
        (RequestKind.TARGET, {"subject": "planet:3", "amount": "-5"}, "subject amount"),
        (RequestKind.TARGET, {"amount": "1.200"}, "amount"),
        (RequestKind.TARGET, {"metric": "meetings", "amount": "1.5"}, "amount"),
        (RequestKind.TARGET, {"period": "last week"}, "period"),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_stands_at_its_field(kind: RequestKind, typed: dict[str, str], fields: str) -> None:
    assert set(wrong(kind, 7, **typed)) == set(fields.split())


def test_accounts_are_some_and_not_too_many() -> None:
    assert set(wrong(RequestKind.MOVE)) == {"accounts"}
    assert set(wrong(RequestKind.MOVE, by_rule="country = DE")) == {"by_rule"}
    many = range(MOST_ACCOUNTS + 1)
    assert "5,001 accounts are more than the 5,000 of one request" in wrong(RequestKind.MOVE, *many)["accounts"]
    assert isinstance(read(GOOD, *range(MOST_ACCOUNTS)).change, MoveAccounts)


def test_terms_hold_as_the_policy_has_them_until_somebody_opens_them() -> None:
    opened = replace(GOOD, terms=typed_terms(POLICY.terms(FROM), "USD"))
    assert read(opened, 7) == read(GOOD, 7)
    typed = TypedTerms("stays", "typed", "10k", "2026-12-31", ("proposal",), "20k", "30")
    terms = Terms(
        TargetRule.STAYS,
        Basis.TYPED,
        1_000_000,
        HoldOver(date(2027, 1, 1), frozenset({"proposal"}), 2_000_000, 30),
    )
    assert read(replace(GOOD, terms=typed), 7).change == MoveAccounts((7,), 3, 4, terms)
    assert read(replace(GOOD, terms=TypedTerms("moves", "equal")), 7).change == MoveAccounts(
        (7,), 3, 4, Terms(basis=Basis.EQUAL)
    )


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (TypedTerms("moves", "typed"), "terms_typed"),
        (TypedTerms("moves", "credit", hold_stages=("proposal",)), "terms_hold_until"),
        (TypedTerms("moves", "typed", "much", "later", (), "-1", "0"), "terms_typed terms_hold_until terms_hold_least terms_hold_within"),
        (TypedTerms("moves", "credit", "", "2026-12-31", (), "", "a week"), "terms_hold_within"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_read(terms: TypedTerms, fields: str) -> None:
    assert set(wrong(RequestKind.MOVE, 7, terms=terms)) == set(fields.split())


def test_what_is_not_shown_keeps_what_it_had() -> None:
    entered = Filled(
        {
            "kind": {"k": {"selected_option": {"value": "cover"}}},
            "territory": {"t": {"selected_option": None}},
            "credited": {"c": {"selected_options": [{"value": CREDITED}]}},
        }
    )
    form = replace(GOOD, accounts=("7",)).filled(entered)
    assert form == replace(GOOD, kind="cover", territory="", credited=True, accounts=("7",))
    assert GOOD.filled(Filled({"kind": {"k": {"selected_option": {"value": "reversal"}}}})) == GOOD
    with_terms = replace(form, terms=TypedTerms("moves", "credit", hold_stages=("proposal",)))
    assert Form.load(with_terms.dump()) == with_terms
    assert Form.load(GOOD.dump()) == GOOD
    found = Found("country = DE", "3", (7, 8))
    assert Found.load(found.dump()) == found


def test_the_day_starts_as_the_first_of_next_month_or_for_a_cover_the_next_working_day() -> None:
    calendar = BusinessCalendar(range(5), [date(2026, 11, 26)])
    assert default_day(RequestKind.MOVE, TODAY, calendar) == FROM
    assert default_day(RequestKind.MOVE, date(2026, 12, 31), calendar) == date(2027, 1, 1)
    assert default_day(RequestKind.COVER, TODAY, calendar) == date(2026, 11, 27)
    assert default_day(RequestKind.COVER, date(2026, 11, 27), calendar) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "conditions"),
    [
        ("", {}),
        ("industry = Retail; country = DE", {"industry": "Retail", "country": "DE"}),
        ("industry = Retail; Wholesale, other\nPostal Prefix = 10;20", {"industry": "Retail;Wholesale, other", "postal_prefix": "10;20"}),
        ("Employees min = 50;", {"employees_min": "50"}),
    ],
)  # fmt: skip
def test_rules_as_people_type_them(typed: str, conditions: dict[str, str]) -> None:
    assert read_rule(typed) == conditions
    assert read_rule(rule_words(conditions)) == conditions


@pytest.mark.parametrize(
    "typed", ["Retail", "colour = red", "country =", "country = DE; country = FR", "employees min = many"]
)
def test_rules_that_cannot_be_read(typed: str) -> None:
    with pytest.raises((UsageError, DataError)):
        read_rule(typed)


def test_a_refusal_stands_where_the_form_has_its_field() -> None:
    assert [field_of(one, GOOD) for one in ("source", "target", "into", "person", "", "terms")] == [
        "territory",
        "to",
        "to",
        "person",
        "kind",
        "kind",
    ]
    assert field_of("terms", replace(GOOD, terms=TypedTerms())) == "terms_target"


def test_names_in_menus_are_visible_and_their_keys_whole() -> None:
    assert label("Acme\u202e\n*Corp*") == "Acme *Corp*"
    long = label("x" * 200, "A-1")
    assert len(long) == 75
    assert long.endswith("… (A-1)")
    assert label("\u200b", "A-1") == "A-1 (A-1)"
