"""What is looked at before anything is planned. Each refusal is a sentence for whoever asks."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from domain.company import WHOLE, Assignment, AssignmentRole, Person, PersonId, Role, Span, Territory, TerritoryId
from domain.money import full_count
from domain.periods import Period, PeriodKind, containing
from domain.requests.planning.facts import Facts, Impossible, Note
from domain.requests.policy import RequestPolicy
from domain.requests.words import day_words
from domain.timelines import timeline


def check_day(effective_on: date, today: date, policy: RequestPolicy) -> None:
    """The day of a request when it is submitted: not further back, or ahead, than the policy allows. Raises Impossible."""
    words = day_words(effective_on, today)
    if effective_on > today + timedelta(days=policy.ahead_days):
        raise Impossible(f"{words} is more than {policy.ahead_days} days ahead. Choose an earlier day.", "effective_on")
    if effective_on < today - timedelta(days=policy.back_days):
        far = f"more than {policy.back_days} days back" if policy.back_days else "in the past"
        raise Impossible(f"{words} is {far}. Choose a later day, or ask sales operations.", "effective_on")


def restated(effective_on: date, today: date, fiscal_start: int) -> tuple[Period, ...]:
    """The fiscal quarters of which a change restates days that have passed, in order; none if it is not back-dated."""
    found: list[Period] = []
    at = containing(effective_on, PeriodKind.QUARTER, fiscal_start)
    while at.start < today and effective_on < today:
        found.append(at)
        at = at.next()
    return tuple(found)


def open_territory(facts: Facts, territory: TerritoryId, field: str) -> Territory:
    """A territory that exists on the effective day. Raises Impossible."""
    found = facts.model.company.territories.get(territory)
    if found is None:
        raise Impossible("This territory does not exist any more. Choose another one.", field)
    if found.closed_on is not None and found.closed_on <= facts.effective_on:
        into = facts.model.company.territories.get(found.merged_into or 0)
        what = f"was merged into {into.name}" if into else "was closed"
        raise Impossible(
            f"{found.name} {what} on {day_words(found.closed_on, facts.today)}. Choose another territory.", field
        )
    return found


def available(facts: Facts, person: PersonId, field: str) -> tuple[Person, frozenset[Note]]:
    """Somebody who may hold a territory from the effective day on, and what to point out. Raises Impossible."""
    day, today = facts.effective_on, facts.today
    found = facts.model.company.people.get(person)
    if found is None:
        raise Impossible("This person is not known any more. Choose somebody else.", field)
    if found.role is Role.PARTNER:
        raise Impossible(f"{found.name} is a partner, and partners hold no territories. Choose somebody else.", field)
    if found.left_on is not None and found.left_on < day:
        last = day_words(found.left_on, today)
        raise Impossible(f"{found.name}'s last day is {last}. Choose somebody else, or an earlier day.", field)
    if found.hired_on is not None and found.hired_on > day:
        first = day_words(found.hired_on, today)
        raise Impossible(f"{found.name} starts on {first}. Choose that day or a later one.", field)
    notes = {Note.ABSENT} if away(facts, person, Span(day, day + timedelta(days=1))) else set()
    return found, frozenset(notes | ({Note.NOT_IN_SLACK} if found.slack_user_id is None else set()))


def away(facts: Facts, person: PersonId, span: Span) -> Span | None:
    """The first absence of a person that has days of `span`."""
    absences = (one.span for one in facts.model.company.absences if one.person == person)
    return min((one for one in absences if one.overlaps(span)), key=lambda one: one.start, default=None)


def check_shares(facts: Facts, territory: TerritoryId, after: Iterable[Assignment]) -> None:
    """From the effective day on the primaries of a territory hold it to exactly 100 %, or nobody does. Raises Impossible.

    Days on which the change leaves everything as it was are not looked at: what is wrong there is not its doing.
    """
    before = _held(facts, territory, facts.model.company.assignments)
    now = _held(facts, territory, after)
    both = timeline([*before, *now], lambda claims: claims).stretches()
    old, new = timeline(before, sorted), timeline(now, sorted)
    for span, _ in both:
        shares = new.at(span.start)
        total = sum(share for _, share in shares)
        if shares and total != WHOLE and shares != old.at(span.start):
            name = facts.model.company.territories[territory].name
            raise Impossible(
                f"From {day_words(span.start, facts.today)} on the shares of {name} would add up to "
                f"{full_count(total * 100):f} %. Who holds a territory together has to hold 100 % of it.",
                "person",
            )


def _held(facts: Facts, territory: TerritoryId, rows: Iterable[Assignment]) -> list[tuple[Span, tuple[PersonId, int]]]:
    """The primaries of a territory, from the effective day on and up to the last day of each."""
    people = facts.model.company.people
    found = []
    for row in rows:
        if row.territory != territory or row.role is not AssignmentRole.PRIMARY:
            continue
        person = people.get(row.person)
        last = person.left_on if person else None
        end = last + timedelta(days=1) if last is not None and last < date.max else date.max
        span = row.span.clip(Span(facts.effective_on, end)) if facts.effective_on < end else None
        if span is not None:
            found.append((span, (row.person, row.share)))
    return found


def check_tree(territories: Mapping[TerritoryId, Territory]) -> None:
    """No territory is above itself. Raises Impossible."""
    for start in territories.values():
        seen, at = {start.id}, start.parent
        while at is not None and at in territories:
            if at in seen:
                raise Impossible(f"{start.name} would lie below itself. Choose another territory above it.", "parent")
            seen.add(at)
            at = territories[at].parent
