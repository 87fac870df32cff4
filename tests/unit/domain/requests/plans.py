"""What tests of plans share: facts made by hand or at random, and the company as a plan leaves it."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import settings

from domain.company import Assignment, AssignmentRole, Metric, Span, SubjectKind, Target
from domain.holdings import Account, Condition, Holding, How, Pin, resolve
from domain.model import CompanyModel
from domain.periods import parse_label
from domain.requests.planning.facts import NOWHERE, AccountFacts, DealFacts, Facts
from domain.requests.planning.rows import pin_key
from domain.requests.writes import Writes
from domain.requests.written import assignment_key
from domain.target_setting import key_of
from domain.timelines import Timeline
from tests.unit.domain.companies import PEOPLE, TERRITORIES, D, Dice

few = settings(max_examples=25)
"""Each example makes a whole company; `test_planning_at_length` tries many."""
DAY, TODAY = D("2026-12-01"), D("2026-11-20")


def at(territory: int | None, how: How = How.RULE) -> Timeline:
    """In one territory, always."""
    return Timeline((date.min,), (Holding(territory, how),))


def account(number: int, territory: int | None = 1, weight: int = 100, **more) -> AccountFacts:
    how = more.pop("how", How.RULE)
    return AccountFacts(number, f"Account {number}", line=at(territory, how), weight=weight, **more)


def facts(model: CompanyModel, *accounts: AccountFacts, day: date = DAY, today: date = TODAY, **more) -> Facts:
    found = {one.id: one for one in accounts}
    return Facts(model, today, day, found, **{name: tuple(rows) for name, rows in more.items()})


def deal(number: int, owner: int | None, account: int | None = None, **more) -> DealFacts:
    return DealFacts(number, owner, account=account, **more)


def after(model: CompanyModel, writes: Writes) -> CompanyModel:
    """The company once everything is written."""
    company = model.company
    territories = _written(company.territories.values(), writes.territories, lambda one: one.id)
    return CompanyModel(
        replace(
            company,
            territories={one.id: one for one in territories},
            assignments=tuple(_written(company.assignments, writes.assignments, assignment_key)),
            targets=tuple(_written(company.targets, writes.targets, key_of)),
        )
    )


def pins_after(pins, writes: Writes) -> list[Pin]:
    return _written(pins, writes.pins, pin_key)


def conditions_after(conditions, writes: Writes) -> list[Condition]:
    return _written(conditions, writes.rules, lambda one: (one.territory, one.rule, one.dimension))


def _written(rows, changed, key):
    """Every row before must be there, so that nothing is changed that is not there, and no key is used twice."""
    found = {key(row): row for row in rows}
    for row in changed:
        assert row.before != row.after
        if row.before is not None:
            assert found.pop(key(row.before)) == row.before
    for row in changed:
        if row.after is not None:
            assert key(row.after) not in found
            found[key(row.after)] = row.after
    return list(found.values())


def sums(model: CompanyModel, kind: SubjectKind) -> Counter:
    """The targets of all subjects of a kind, by month, in the workspace's currency."""
    found: Counter = Counter()
    for subject in {target.subject for target in model.company.targets if target.kind is kind}:
        for year in (2025, 2026, 2027, 2028):
            for piece in model.targets.pieces(kind, subject, parse_label(f"FY{year}", model.settings.fiscal_start)):
                found[piece.month.label] += piece.amount
    return found


def carried(model: CompanyModel) -> Counter:
    """The targets of territories that are not sums of those below them, by month: what somebody or nobody has to reach."""
    found: Counter = Counter()
    for (subject, label), piece in pieces(model, SubjectKind.TERRITORY).items():
        if not model.targets.is_roll_up((SubjectKind.TERRITORY, subject, Metric.REVENUE), piece.month):
            found[label] += piece.amount
    return found


def pieces(model: CompanyModel, kind: SubjectKind, metric: Metric = Metric.REVENUE) -> dict:
    found = {}
    for subject in {target.subject for target in model.company.targets if target.kind is kind}:
        for year in (2025, 2026, 2027, 2028):
            period = parse_label(f"FY{year}", model.settings.fiscal_start)
            found.update(
                {(subject, one.month.label): one for one in model.targets.pieces(kind, subject, period, metric)}
            )
    return found


def random_company(dice: Dice) -> CompanyModel:
    """One in which there is a lot to move: most territories are leaves with targets, most people hold one."""
    company, targets = dice.company(), {}
    for kind, subject in [
        *((SubjectKind.TERRITORY, n) for n in TERRITORIES),
        *((SubjectKind.PERSON, n) for n in PEOPLE),
    ]:
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            amount, currency = (
                dice.choice([1, dice.randint(1, 999), dice.randint(1, 10**9)]),
                dice.choice(["USD", "EUR", None]),
            )
            published = dice.random() < 0.9
            new = Target(kind, subject, dice.label(), Metric.REVENUE, amount, currency, dice.maybe("season"), published)
            targets[key_of(new)] = new
    parents = {n: dice.choice([None, None, None, *range(1, n)]) for n in TERRITORIES}
    held = [
        Assignment(n, n, AssignmentRole.PRIMARY, Span(date.min, dice.choice([date.max, dice.day()])))
        for n in TERRITORIES
    ]
    assignments = tuple(company.assignments) if dice.random() < 0.3 else tuple(held)
    return CompanyModel(
        replace(
            company,
            people={
                n: replace(one, hired_on=None, left_on=dice.choice([None, None, None, one.left_on]))
                for n, one in company.people.items()
            },
            territories={n: replace(one, parent=parents[n]) for n, one in company.territories.items()},
            assignments=assignments,
            targets=tuple(targets.values()),
        )
    )


def random_facts(dice: Dice, model: CompanyModel, day: date, source: int) -> tuple[list[Account], Facts]:
    """A dozen accounts, most of them in the source, with pins, parents, weights and open deals."""
    pins, accounts = [], {}
    spans = [
        Span(),
        Span(date.min, D("2026-03-01")),
        Span(D("2026-03-01"), date.max),
        Span(D("2026-08-10"), D("2026-10-05")),
    ]
    rules = [Condition(source, "all", "country", "DE"), Condition(dice.choice([1, 2, 3, 4, 5]), "fr", "country", "FR")]
    known = [
        Account(n, dice.choice([None, *range(1, n)]), country=dice.choice(["DE", "DE", "FR"])) for n in range(1, 13)
    ]
    for one in known:
        if dice.random() < 0.3:
            pins.append(Pin(one.id, dice.choice([source, source, 1, 2, 3]), dice.choice(spans)))
    lines = resolve(known, pins, rules, "USD")
    for one in known:
        weight = dice.choice([0, dice.randint(-50, 10**6)])
        accounts[one.id] = AccountFacts(one.id, f"A{one.id}", one.parent, lines.get(one.id, NOWHERE), weight)
    deals = []
    for number in range(1, 25):
        owner, own = dice.choice([None, 1, 2, 3, 4, 5]), dice.choice([None, None, 1, 2, 3, 4, 5])
        of = dice.choice(list(accounts))
        within = own or accounts[of].line.at(day).territory
        closes = dice.choice([None, day, D("2027-03-01")])
        deals.append(
            DealFacts(
                number, owner, own, of, within, dice.choice([None, 5, 10**6]), dice.choice([None, "late"]), closes
            )
        )
    return known, Facts(model, D("2026-06-01"), day, accounts, tuple(pins), tuple(rules), tuple(deals))
