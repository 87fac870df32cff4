"""What is wrong with territories, what is at stake, and how much of it someone may see."""

from dataclasses import replace

import pytest

from domain.company import AssignmentRole, Person, PersonId, Role, TerritoryId
from domain.holdings import Account, Condition, Pin
from domain.territories.health import Finding, FindingKind, OpenDeal, OpenPart, Overruled, Part, findings, in_order
from domain.territories.sight import Sight
from domain.territories.survey import survey
from tests.unit.domain.companies import D, holds, model, people, person, reports, territories

DAY = D("2026-08-20")
# 1 manages 2 and 3; 4 is elsewhere; 5 has left. Area 9 is a frame for 1 to 4.
COMPANY = model(
    people={**people(1, 2, 3, 4), 5: person(5, left_on=D("2026-08-01")), 6: person(6, left_on=D("2026-09-01"))},
    reporting=[reports(2, 1), reports(3, 1), reports(6, 1), reports(4, None), reports(1, None)],
    territories=territories(t9=None, t1=9, t2=9, t3=9, t4=9, t5=None, t6=None),
    assignments=[holds(2, 1), holds(4, 2), holds(5, 3), holds(2, 4, role=AssignmentRole.COVER), holds(6, 6), holds(3, 5)],
)  # fmt: skip
RULES = [
    Condition(1, "us", "country", "US"),
    Condition(2, "software", "industry", "Software"),
    Condition(3, "fr", "country", "FR"),
    Condition(4, "nobody", "country", "XX"),
    Condition(6, "it", "country", "IT"),
]
ACCOUNTS = [
    Account(11, country="US"),
    Account(12, country="US", industry="Software"),
    Account(13, country="DE"),
    Account(14, country="FR"),
    Account(15, country="IT"),
    Account(16, country="FR"),
]
PINS = [Pin(16, 1)]


def open_(account: int | None, person: PersonId | None, territory: TerritoryId | None, amount: int) -> OpenPart:
    return OpenPart(account, Part(person, territory, amount, 1))


PARTS = [
    open_(11, 2, 1, 100),
    open_(12, 2, 1, 70),
    open_(12, 4, 2, 500),
    open_(13, 2, None, 30),
    open_(13, 4, 2, 40),
    open_(14, 5, 3, 900),
    open_(15, 6, 6, 20),
    open_(16, 2, 1, 10),
]
DEALS = [OpenDeal(31, 11, 3, 1, 60), OpenDeal(32, 14, 5, 3, 900)]
SAID = [
    Overruled("target", "territory:1:2026Q3:revenue", "100.00", DAY),
    Overruled("target", "person:4:2026Q3:revenue", "200.00", DAY),
    Overruled("role", "2", "manager", DAY),
]


def all_findings(parts=PARTS, deals=DEALS, said=SAID) -> list[Finding]:
    seen = survey(ACCOUNTS, PINS, RULES, "USD", DAY)
    found = findings(COMPANY.company, COMPANY.lines, seen, parts, deals, DAY)
    return in_order([*found, *(Finding(FindingKind.CRM, overruled=one) for one in said)])


def sight(number: int, role: Role, **more) -> Sight:
    return Sight(person(number, role=role, **more), COMPANY.lines, DAY)


def brief(found: list[Finding]) -> list[tuple[object, ...]]:
    return [(one.kind.value, one.territories, one.account or one.rule or one.deal, one.amount) for one in found]


def test_everything_that_is_wrong_what_hurts_most_first() -> None:
    found = all_findings()
    assert brief(found) == [
        ("orphan", (3,), None, 900),
        ("overlap", (1, 2), 12, 570),
        ("gap", (), 13, 70),
        ("owner", (1,), 11, 60),
        ("leaving", (6,), None, 20),
        ("orphan", (4,), None, 0),
        ("crm", (), None, 0),
        ("crm", (), None, 0),
        ("crm", (), None, 0),
        ("empty", (2,), None, 540),
        ("pin", (1, 3), 16, 10),
        ("rule", (4,), "nobody", 0),
        ("empty", (4,), None, 0),
        ("empty", (5,), None, 0),
    ]


def test_an_orphan_says_who_left_and_how_many_accounts_wait() -> None:
    [orphan] = [one for one in all_findings() if one.kind is FindingKind.ORPHAN and one.territories == (3,)]
    assert (orphan.person, orphan.on, orphan.accounts, orphan.deals) == (5, D("2026-08-01"), 1, 1)


def test_a_frame_is_neither_an_orphan_nor_empty_and_cover_holds_nothing() -> None:
    found = all_findings()
    assert not [one for one in found if 9 in one.territories]
    assert [one.territories for one in found if one.kind is FindingKind.ORPHAN] == [(3,), (4,)]


def test_somebody_who_leaves_later_or_is_followed_is_no_finding() -> None:
    found = [one.kind for one in all_findings()]
    assert FindingKind.LEAVING in found
    followed = replace(COMPANY.company, assignments=(*COMPANY.company.assignments, holds(3, 6, "2026-09-02")))
    lines = model(people=dict(followed.people), territories=dict(followed.territories),
                  assignments=followed.assignments).lines  # fmt: skip
    seen = survey(ACCOUNTS, PINS, RULES, "USD", DAY)
    assert not [one for one in findings(followed, lines, seen, (), (), DAY) if one.kind is FindingKind.LEAVING]
    early = findings(COMPANY.company, COMPANY.lines, seen, (), (), D("2026-08-02"))
    assert [one.territories for one in early if one.kind is FindingKind.LEAVING] == [(6,)]
    assert not [
        one
        for one in findings(COMPANY.company, COMPANY.lines, seen, (), (), D("2026-08-01"))
        if one.kind is FindingKind.LEAVING and one.territories == (6,)
    ]


def test_the_deals_of_a_territory_that_nobody_holds_are_no_further_findings() -> None:
    assert [one.deal for one in all_findings() if one.kind is FindingKind.OWNER] == [31]


def test_a_company_without_rules_has_neither_gaps_nor_empty_territories() -> None:
    seen = survey([], [], [], "USD", DAY)
    kinds = {one.kind for one in findings(COMPANY.company, COMPANY.lines, seen, PARTS, DEALS, DAY)}
    assert kinds == {FindingKind.ORPHAN, FindingKind.OWNER, FindingKind.LEAVING}


@pytest.mark.parametrize("role", [Role.OPS, Role.LEADER])
def test_who_sees_all_sees_all_but_leaders_do_not_decide(role: Role) -> None:
    seen = sight(1, role).of(all_findings())
    without = [one for one in all_findings() if one.kind is not FindingKind.CRM]
    assert [one for one in seen if one.kind is not FindingKind.CRM] == without
    assert len(seen) - len(without) == (3 if role is Role.OPS else 0)


def test_a_rep_sees_their_territories_and_of_the_rest_their_own_deals() -> None:
    seen = sight(2, Role.REP).of(all_findings())
    assert brief(seen)[:4] == [
        ("overlap", (1, 2), 12, 70),
        ("owner", (1,), 11, 60),
        ("gap", (), 13, 30),
        ("orphan", (4,), None, 0),
    ]
    assert {one.kind for one in seen} == {
        FindingKind(one) for one in ("overlap", "owner", "gap", "orphan", "pin", "rule", "empty")
    }
    assert all(territory in (1, 4) for one in seen if one.kind is not FindingKind.OVERLAP and one.kind is not FindingKind.PIN
               for territory in one.territories)  # fmt: skip


def test_that_somebody_leaves_is_for_those_above_alone() -> None:
    def leaving(number: int, role: Role) -> bool:
        return any(one.kind is FindingKind.LEAVING for one in sight(number, role).of(all_findings()))

    assert [leaving(*one) for one in [(1, Role.MANAGER), (6, Role.REP), (6, Role.MANAGER), (4, Role.MANAGER), (1, Role.PARTNER)]] == [
        True, False, False, False, False]  # fmt: skip


def test_a_manager_sees_what_files_say_against_targets_that_they_set() -> None:
    seen = [one.overruled.key for one in sight(1, Role.MANAGER).of(all_findings()) if one.overruled]
    assert seen == ["territory:1:2026Q3:revenue"]


def test_a_partner_sees_names_and_nothing_else() -> None:
    seen = sight(99, Role.PARTNER).of(all_findings())
    assert {one.kind.value for one in seen} == {"gap", "overlap", "orphan", "empty"}
    assert not any(one.parts or one.person or one.on or one.accounts for one in seen)
    assert seen == in_order(seen)


@pytest.mark.parametrize(
    ("number", "role"), [(1, Role.MANAGER), (2, Role.REP), (3, Role.REP), (99, Role.PARTNER), (3, Role.MANAGER)]
)
def test_what_someone_sees_does_not_depend_on_what_is_not_theirs(number: int, role: Role) -> None:
    viewer = sight(number, role)
    before = viewer.of(all_findings())
    theirs = viewer._part
    others = [one for one in PARTS if not theirs(one.part)]
    assert others
    without = [one for one in PARTS if theirs(one.part)]
    changed = [replace_amount(one, 10**9) for one in others]
    assert viewer.of(all_findings(parts=[*without, *changed])) == before
    assert viewer.of(all_findings(parts=without)) == before


def replace_amount(one: OpenPart, amount: int) -> OpenPart:
    return one._replace(part=one.part._replace(amount=amount))


def test_who_has_left_sees_nothing() -> None:
    viewer = Person(2, "p2", "Person 2", Role.OPS, left_on=D("2026-08-01"))
    assert not [one for one in Sight(viewer, COMPANY.lines, DAY).of(all_findings()) if one.parts]


def test_deals_of_an_area_without_accounts_are_no_matter_for_partners() -> None:
    found = all_findings(parts=[*PARTS, open_(None, 2, 9, 80)])
    assert ("orphan", (9,), None, 80) in brief(found)
    assert sight(99, Role.PARTNER).of(found) == sight(99, Role.PARTNER).of(all_findings())
    assert ("orphan", (9,), None, 80) in brief(sight(2, Role.REP).of(found))


def test_a_territory_that_is_no_more_misses_nobody() -> None:
    def kinds(closed: str) -> list[tuple[FindingKind, int | None]]:
        known = dict(COMPANY.company.territories)
        known[4] = replace(known[4], closed_on=D(closed))
        company = replace(COMPANY.company, territories=known)
        seen = survey(ACCOUNTS, PINS, RULES, "USD", DAY)
        found = findings(company, COMPANY.lines, seen, (), (), DAY)
        return [
            (one.kind, one.accounts) for one in found if one.territories == (4,) and one.kind is not FindingKind.RULE
        ]

    assert kinds("2026-08-20") == []
    assert kinds("2026-08-21") == [(FindingKind.ORPHAN, 0), (FindingKind.EMPTY, 0)]
