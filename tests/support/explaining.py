"""Why? in tests: every page of an explanation, and that it sums to the card."""

from itertools import count

from commands.kit.names import COMPANY, Kind, Subject
from commands.targets import why
from commands.targets.reference import CardReference
from commands.targets.service import TargetsCard
from commands.targets.why import Part, Why, WhyPage
from domain.company import Person, Role
from storage.store import Repositories


def someone(repo: Repositories, role: Role) -> Person:
    """A person of a role."""
    return next(person for person in repo.company.people.values() if person.role is role)


def subjects(repo: Repositories) -> list[Subject]:
    """The company and everyone and everything in it."""
    company = repo.company
    groups = ((Kind.PERSON, company.people), (Kind.TERRITORY, company.territories), (Kind.TEAM, company.teams))
    return [COMPANY, *(Subject(kind, one.id, one.name) for kind, group in groups for one in group.values())]


async def all_pages(repo: Repositories, reference: CardReference, part: Part, by: Person) -> list[Why]:
    """The explanation that `by` gets on the card's day, from its first page to its last."""
    pages = []
    for number in count():
        page = await why.explain(repo, page=WhyPage(reference, part, number), by=by, today=reference.today)
        pages.append(page)
        if number == page.pages - 1:
            return pages
    raise AssertionError


async def assert_explained(repo: Repositories, card: TargetsCard, by: Person) -> None:
    """The lines of all pages sum exactly to what the card says."""
    standing = card.score.standing
    credit = await all_pages(repo, CardReference.of(card), Part.CREDIT, by)
    lines = [line for page in credit for line in page.credit]
    where = f"{card.subject} {card.period.label}"
    counted = [line for page in credit for line in page.counted]
    made = sum(line.base for line in lines) + sum(line.share for line in counted)
    assert made + credit[-1].elsewhere == standing.credited + standing.overlay, where
    target = await all_pages(repo, CardReference.of(card), Part.TARGET, by)
    parts = [part for page in target for part in page.parts]
    assert sum(part.amounts.effective for part in parts) + target[-1].target_elsewhere == (standing.target or 0), where
    pages = await all_pages(repo, CardReference.of(card), Part.OPEN, by)
    open_lines = [part for page in pages for part in page.open]
    pipeline = card.outlook.pipeline
    assert sum(part.base or 0 for part in open_lines) + pages[-1].open_elsewhere == pipeline.amount, where
    if card.revision == repo.revision:
        assert pages[-1].open_elsewhere == 0, where
        assert len(open_lines) == pipeline.count + card.outlook.without_rate, where
