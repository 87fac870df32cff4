"""What stands on someone's Home tab."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.kit import Block
from commands.kit.registry import Registry
from commands.requests.service_at_home import waiting_requests
from commands.targets import service_at_home as at_home
from commands.targets.service import as_listed, asker
from domain import policies
from domain.company import Person
from domain.periods import Period, parse_label
from domain.target_setting import subject_of
from storage.store import Repositories
from storage.target_notices import Notice


@dataclass(frozen=True, slots=True)
class Waiting:
    """A target that waits for an answer. `own`: it is set for the person, not for what they hold or lead."""

    notice: Notice
    own: bool
    name: str
    period: Period
    by: str


@dataclass(frozen=True, slots=True)
class HomeTab:
    """`standing` is empty for who sees no figures; `commands` are the paths of those that the person may use."""

    standing: Sequence[Block]
    waiting: Sequence[Waiting]
    requests: Sequence[Block]
    commands: frozenset[str]
    sees_all: bool
    has_team: bool


async def home(repo: Repositories, registry: Registry, *, by: Person, today: date, locale: str) -> HomeTab:
    """Raises NotAllowed for someone who has left."""
    by = as_listed(repo, by)
    policies.require(policies.may_see_names(by, today))
    return HomeTab(
        standing=await at_home.where_i_stand(repo, by=by, today=today, locale=locale),
        waiting=[_waiting(repo, notice) for notice in await at_home.unanswered(repo, by=by)],
        requests=await waiting_requests(repo, by=by, today=today, locale=locale),
        commands=frozenset(entry.path for entry in registry if entry.is_for(by, today)),
        sees_all=bool(policies.may_see_company(by, today)),
        has_team=bool(asker(repo, by, today).teams),
    )


def _waiting(repo: Repositories, notice: Notice) -> Waiting:
    kind, subject, label, _ = notice.key
    found, by = subject_of(repo.company, kind, subject), repo.company.people.get(notice.by)
    return Waiting(
        notice=notice,
        own=kind == "person",
        name=found.name if found else "",
        period=parse_label(label, repo.settings.fiscal_start),
        by=by.name if by else "",
    )
