"""The two messages of a digest, as they are made right before they are posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from commands.digests import views
from commands.digests.buttons import OF_PEOPLE
from commands.digests.content.composing import compose
from commands.digests.content.model import Ask, Compared, Digest, Figures, Made
from commands.kit.names import COMPANY, Kind, Subject
from commands.kit.outgoing import Dropped, Outgoing, Rendered, Sending
from commands.kit.registry import Registry
from commands.kit.sections import DigestKind
from domain.company import Company, Person, Team, Territory
from domain.errors import NotFound
from storage.digests import StoredDigest, find_digest
from storage.store import Repositories
from storage.subscriptions import muted_sections

HEAD = "digests/head"
THREAD = "digests/thread"


@dataclass(frozen=True, slots=True)
class Post:
    """Says the words of both messages, with the sections that are registered."""

    registry: Registry

    async def head(self, sending: Sending, repo: Repositories) -> Rendered:
        digest = await self._digest(sending, repo)
        if isinstance(digest, Dropped):
            return digest
        return views.head(digest, offered=[one for one in OF_PEOPLE if self.registry.action(one)])

    async def thread(self, sending: Sending, repo: Repositories) -> Rendered:
        digest = await self._digest(sending, repo)
        if isinstance(digest, Dropped):
            return digest
        return views.thread(digest) or Dropped("the head said all there is")

    async def _digest(self, sending: Sending, repo: Repositories) -> Digest | Dropped:
        number = int(sending.arguments["digest"])
        try:
            ask, made = await stored(repo, number, recipient=sending.recipient)
        except NotFound as error:
            return Dropped(error.message)
        sections = self.registry.sections()
        return await compose(repo, ask, made, sending.audience, sections, on=sending.today, locale=sending.locale)


def register(registry: Registry) -> None:
    post = Post(registry)
    registry.add(Outgoing(HEAD, post.head))
    registry.add(Outgoing(THREAD, post.thread))


def number_of(carried: str) -> int:
    """The digest that a button is below. Raises NotFound for what no button of ours carries."""
    if not carried.isdecimal():
        raise NotFound("This button is from another version of Turf. Type /digest for what there is now.")
    return int(carried)


async def stored(repo: Repositories, number: int, *, recipient: Person | None = None) -> tuple[Ask, Made]:
    """What was asked of a digest, and what is kept of it. Raises NotFound if it, or its subject, is gone."""
    row = await find_digest(repo.connection, repo.workspace_id, number)
    compared = await _compared(repo, row)
    at = repo.connection, repo.workspace_id
    muted = await muted_sections(*at, recipient.id) if recipient else frozenset[str]()
    ask = Ask(
        kind=DigestKind(row.kind),
        subject=subject_of(repo.company, row.scope_kind, row.scope_id),
        today=row.today,
        slot=row.slot,
        hidden=row.hidden | muted,
        reader=recipient,
        late=row.late,
        skip_when_empty=row.skip_when_empty,
        compared=compared,
        number=row.id,
        subscription=row.subscription_id,
    )
    return ask, Made(row.revision, cast(Figures, row.figures), is_empty=False)


async def _compared(repo: Repositories, row: StoredDigest) -> Compared | None:
    if row.compared_with is None:
        return None
    before = await find_digest(repo.connection, repo.workspace_id, row.compared_with)
    return Compared(before.revision, before.today, before.figures)


def subject_of(company: Company, kind: str, number: int | None) -> Subject:
    """Whom or what a subscription is about. Raises NotFound if that is gone."""
    groups: Mapping[str, Mapping[int, Person | Team | Territory]] = {
        Kind.PERSON: company.people,
        Kind.TEAM: company.teams,
        Kind.TERRITORY: company.territories,
    }
    if kind == Kind.COMPANY:
        return COMPANY
    found = groups[kind].get(number or 0)
    if found is None:
        raise NotFound("What this digest is about is no longer there.")
    return Subject(Kind(kind), found.id, found.name)
