"""A random company in a database: whatever a workspace may hold, with deals that make use of it."""

from datetime import date, timedelta
from random import Random

from domain.company import WHOLE, Company, Metric, SubjectKind
from storage.importing.staging import key_columns
from storage.tables import crm, people, table_of, targets, territories
from tests.support.ledger import World
from tests.unit.domain.companies import FIRST, LAST, PEOPLE, TERRITORIES, Dice

ACCOUNTS = range(1, 6)
DEALS = range(1, 61)
ACTIVITIES = range(1, 41)
OPS = 6
"""The person who may see everything."""


def fill(world: World, seed: int) -> None:
    """Put a random company into the next state."""
    dice = Dice(seed)
    company = dice.company()
    _staff(world, company)
    _land(world, company, dice)
    _targets(world, company, dice)
    for number in DEALS:
        deal(world, dice, number)
    for number in ACTIVITIES:
        activity(world, dice, number)


def change(world: World, seed: int) -> None:
    """Half of the deals are otherwise in the next state, and who holds what and reports to whom is drawn anew."""
    dice = Dice(seed)
    company = dice.company()
    for model in (people.Reporting, territories.Assignment):
        for row in world.rows(model):
            world.drop(model, *(row[name] for name in key_columns(table_of(model))))
    _lines(world, company)
    _holders(world, company, dice)
    for number in dice.sample(DEALS, len(DEALS) // 2):
        deal(world, dice, number)


def settings(seed: int) -> dict[str, object]:
    """What the random company's workspace is set to."""
    found = Dice(seed).company().settings
    return {
        "currency": "USD",
        "fiscal_start": found.fiscal_start,
        "business_days": sorted(found.business_days),
        "holidays": "own",
    }


def _staff(world: World, company: Company) -> None:
    for one in company.people.values():
        world.put(
            people.PersonVersion, id=one.id, role="manager", hired_on=one.hired_on, left_on=one.left_on, ramp=one.ramp
        )
    world.put(people.PersonVersion, id=OPS, role="ops")
    for team in company.teams.values():
        world.put(people.TeamVersion, id=team.id, name=team.name, parent_id=team.parent, lead_id=team.id)
    _lines(world, company)
    for away in company.absences:
        start, end = max(away.span.start, FIRST), min(away.span.end, LAST)
        if start < end:
            world.put(people.Absence, person_id=away.person, from_on=start, to_on=end, relief=away.relief)
    for profile, months in company.ramps.items():
        for month, share in months.items():
            world.put(people.Ramp, profile=profile, month=month, share=share)


def _lines(world: World, company: Company) -> None:
    for line in company.reporting:
        days = {"from_on": line.span.start, "to_on": line.span.end}
        world.put(people.Reporting, person_id=line.person, manager_id=line.manager, team_id=line.team, **days)


def _holders(world: World, company: Company, dice: Dice) -> None:
    for held in company.assignments:
        days = {"from_on": held.span.start, "to_on": held.span.end}
        world.put(territories.Assignment, territory_id=held.territory, person_id=held.person, share=held.share, **days)
    for territory in TERRITORIES:
        if dice.random() < 0.3:
            world.put(territories.Assignment, territory_id=territory, person_id=dice.choice(PEOPLE), role="overlay")


def _land(world: World, company: Company, dice: Dice) -> None:
    for one in company.territories.values():
        world.put(
            territories.TerritoryVersion, id=one.id, name=one.name, parent_id=one.parent, team_id=dice.maybe(one.id)
        )
    _holders(world, company, dice)
    for account in ACCOUNTS:
        world.put(crm.AccountVersion, id=account, name=f"A{account}")
        moved = dice.day()
        world.put(territories.Pin, account_id=account, territory_id=dice.choice(TERRITORIES), to_on=moved)
        if dice.random() < 0.7:
            world.put(territories.Pin, account_id=account, territory_id=dice.choice(TERRITORIES), from_on=moved)


def _targets(world: World, company: Company, dice: Dice) -> None:
    for one in company.targets:
        world.put(
            targets.Target,
            subject_kind=one.kind.value,
            subject_id=one.subject,
            period=one.period,
            amount=one.amount,
            currency=one.currency,
            profile=one.profile,
            state="published" if one.published else "draft",
        )
    counts = [Metric.NEW_CUSTOMERS, Metric.MEETINGS]
    for _ in range(dice.randint(0, 12)):
        more = {"subject_id": dice.randint(1, 5), "period": dice.label(), "metric": dice.choice(counts).value}
        kind = dice.choice(list(SubjectKind)).value
        world.put(targets.Target, subject_kind=kind, amount=dice.randint(0, 9) * WHOLE, **more)
    for profile, months in company.seasonality.items():
        for month, share in months.items():
            world.put(targets.Seasonality, profile=profile, month=month, share=share)
    for rate in company.rates:
        world.put(targets.Rate, currency=rate.currency, period=rate.period, rate_e12=rate.e12)
    for day in company.holidays:
        world.put(targets.Holiday, calendar="own", on_day=day)


def deal(world: World, dice: Dice, number: int) -> None:
    """A random deal, or another version of it; a return now and then takes back an earlier one."""
    status = dice.choice(["won", "won", "open", "open", "lost"])
    sold = dice.choice([None, None, None, *range(1, number)]) if status == "won" and number > 1 else None
    amount = dice.choice([None, *[dice.randrange(1, 10_000_000)] * 5])
    day = dice.day()
    world.put(
        crm.DealVersion,
        id=number,
        owner_id=dice.choice([None, *PEOPLE]),
        account_id=dice.maybe(dice.choice(ACCOUNTS)),
        territory_id=dice.choice([None, None, dice.choice(TERRITORIES)]),
        amount=-amount if sold and amount else amount,
        currency=dice.choice(["USD", "EUR", "EUR"] + (["GBP"] if status == "open" else [])),
        status=status,
        stage=dice.choice([None, "Proposal", "Contract"]),
        probability=dice.choice([None, 250_000]),
        forecast_category=dice.choice([None, "commit", "best_case"]),
        type="return" if sold else "new",
        expected_close_on=dice.maybe(day),
        closed_on=None if status == "open" else day,
        reverses_id=sold,
    )  # fmt: skip
    for row in [one for one in world.rows(crm.Split) if one["deal_id"] == number]:
        world.drop(crm.Split, number, row["person_id"], row["kind"])
    if dice.random() < 0.3:
        first, second, third = dice.sample(PEOPLE, 3)
        share = dice.randrange(1, WHOLE)
        for person, kind, part in (
            (first, "revenue", share),
            (second, "revenue", WHOLE - share),
            (third, "overlay", share),
        ):
            world.put(crm.Split, deal_id=number, person_id=person, kind=kind, share=part)


def activity(world: World, dice: Dice, number: int) -> None:
    world.put(
        crm.ActivityVersion,
        id=number,
        person_id=dice.choice(PEOPLE),
        account_id=dice.maybe(dice.choice(ACCOUNTS)),
        deal_id=dice.maybe(dice.choice(DEALS)),
        kind=dice.choice(["meeting", "meeting", "call"]),
        on_day=dice.day(),
    )


def random_today(rng: Random) -> date:
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))
