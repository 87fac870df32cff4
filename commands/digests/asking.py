"""From a subscription to the digest that is asked for."""

from datetime import date

from commands.digests.content.model import Ask, Compared
from commands.digests.content.sending import subject_of
from commands.kit.names import Kind, Subject
from commands.kit.sections import DigestKind
from domain import policies
from domain.company import Person
from storage import digests, subscriptions
from storage.digests import Shown
from storage.store import Known, Repositories
from storage.subscriptions import Wish


def kind_of(repo: Known, subject: Subject, reader: Person | None, today: date) -> DigestKind:
    """Whom a digest speaks to. By direct message a team is its manager's, and so are the figures of who leads people."""
    if reader is None:
        return DigestKind.CHANNEL
    if subject.kind in (Kind.COMPANY, Kind.TERRITORY):
        return DigestKind.LEADERSHIP
    leads = policies.may_see_with_team(reader, today) and repo.model.lines.below(reader.id, today)
    if subject.kind is Kind.TEAM:
        return DigestKind.MANAGER if leads else DigestKind.LEADERSHIP
    return DigestKind.MANAGER if leads else DigestKind.REP


async def ask_of(
    repo: Repositories,
    wish: Wish,
    *,
    subscription: int | None,
    today: date,
    slot: date,
    late: bool = False,
) -> tuple[Ask, Shown | None]:
    """The digest that is wanted, and the one that it is compared with. Raises NotFound if its subject is gone."""
    subject = subject_of(repo.company, wish.scope_kind, wish.scope_id)
    reader = None if wish.person_id is None else repo.company.people.get(wish.person_id)
    before = None
    if subscription is not None:
        before = await digests.last_shown(repo.connection, repo.workspace_id, subscription)
    ask = Ask(
        kind=kind_of(repo, subject, reader, today),
        subject=subject,
        today=today,
        slot=slot,
        hidden=wish.hidden | await _muted(repo, reader),
        reader=reader,
        late=late,
        skip_when_empty=wish.skip_when_empty,
        compared=Compared(before.revision, before.today, before.figures) if before else None,
    )
    return ask, before


async def _muted(repo: Repositories, reader: Person | None) -> frozenset[str]:
    if reader is None:
        return frozenset()
    return await subscriptions.muted_sections(repo.connection, repo.workspace_id, reader.id)
