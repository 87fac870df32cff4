"""The way from a service to the data: one workspace, one state of it, one snapshot of the database."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company import Company, Person, Role, Settings
from domain.errors import NotAllowed
from domain.model import CompanyModel
from storage.company import load_company
from storage.database import Database
from storage.glance import Glances
from storage.revisions import WORKSPACES, as_of, latest
from storage.snapshot import AtRevision, Latest

REVISIONS_KEPT = 8
ANSWERS_KEPT = 200
"""How many answers are kept for each of them."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """One workspace at one revision, as far as it is in memory: the company, and answers that were found before."""

    snapshot: AtRevision
    model: CompanyModel
    kept: dict[Hashable, Any]

    @property
    def company(self) -> Company:
        return self.model.company

    @property
    def settings(self) -> Settings:
        return self.model.settings

    @property
    def workspace_id(self) -> int:
        return self.snapshot.workspace_id

    @property
    def revision(self) -> int:
        return self.snapshot.revision

    def remember(self, key: Hashable, value: Any) -> None:
        """Keep an answer that holds at this revision."""
        self.kept[key] = value
        if len(self.kept) > ANSWERS_KEPT:
            del self.kept[next(iter(self.kept))]


@dataclass(frozen=True, slots=True)
class Present(Known):
    """What is known of the state that holds now, when its last import ended, and who wants to be told of what, as a number."""

    fresh_at: datetime | None
    wishes: int


@dataclass(frozen=True, slots=True)
class Repositories(Known):
    """What a service reads from: everything it sees belongs to one workspace and one revision."""

    connection: AsyncConnection
    store: "Store"

    async def earlier(self, revision: int) -> "Repositories":
        """The same workspace as known at `revision`, read in the same snapshot of the database."""
        return await self.store.open(self.connection, AtRevision(self.workspace_id, revision))

    async def remembered(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` found for `key` at this revision, asked for once: a revision never changes."""
        if key in self.kept:
            found: T = self.kept[key]
            return found
        made = await make()
        self.remember(key, made)
        return made

    async def remembered_alone(self, name: str, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """As `remembered`, for what takes much memory and long: of each name the last answer alone is kept, of any revision.

        Who asks while it is being found waits for it.
        """
        held = self.store.alone.setdefault((self.workspace_id, name), Alone())
        wanted = self.revision, key
        async with held.lock:
            if held.key != wanted:
                held.key, held.value = None, None
                held.value = await make()
                held.key = wanted
            found: T = held.value
            return found

    @property
    def at(self) -> tuple[AsyncConnection, AtRevision]:
        """The first two arguments of every query in `storage.ledger`."""
        return self.connection, self.snapshot


@dataclass(slots=True)
class Alone:
    """The last answer to one question, and which one it was."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    key: Hashable = None
    value: Any = None


class Store:
    """Opens repositories, and keeps the companies of the last few revisions: a revision never changes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._kept: OrderedDict[tuple[int, int], tuple[CompanyModel, dict[Hashable, Any]]] = OrderedDict()
        self._loading = asyncio.Lock()
        self.alone: dict[tuple[int, str], Alone] = {}
        self._glances = Glances(database)

    async def present(self, workspace_id: int) -> Present:
        """What is known of the state that holds now. Opens a transaction only if its company is not in memory yet."""
        now = await self._glances.now(workspace_id)
        found = self._kept.get((workspace_id, now.revision))
        if found is not None:
            return Present(Latest(workspace_id, now.revision), *found, now.fresh_at, now.wishes)
        async with self.read(workspace_id) as repo:
            return Present(repo.snapshot, repo.model, repo.kept, now.fresh_at, now.wishes)

    @asynccontextmanager
    async def read(self, workspace_id: int, *, revision: int | None = None) -> AsyncIterator[Repositories]:
        """Repositories as of now, or as known at `revision`."""
        async with self.database.read() as connection:
            snapshot = (
                await latest(connection, workspace_id) if revision is None else AtRevision(workspace_id, revision)
            )
            yield await self.open(connection, snapshot)

    @asynccontextmanager
    async def read_as_of(self, workspace_id: int, day: date) -> AsyncIterator[Repositories]:
        """Repositories with what was known at the end of `day` in the workspace's zone."""
        async with self.database.read() as connection:
            present, _ = await self._at(connection, await latest(connection, workspace_id))
            snapshot = await as_of(connection, workspace_id, day, present.settings.timezone)
            yield await self.open(connection, snapshot)

    async def open(self, connection: AsyncConnection, snapshot: AtRevision) -> Repositories:
        """Repositories on a connection that is open already."""
        model, kept = await self._at(connection, snapshot)
        return Repositories(snapshot, model, kept, connection, self)

    async def _at(self, connection: AsyncConnection, snapshot: AtRevision) -> tuple[CompanyModel, dict[Hashable, Any]]:
        key = snapshot.workspace_id, snapshot.revision
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return found
        # One at a time: after an import everybody asks for the same new revision at once.
        async with self._loading:
            if (found := self._kept.get(key)) is None:
                found = self._kept[key] = CompanyModel(await load_company(connection, snapshot)), {}
                while len(self._kept) > REVISIONS_KEPT:
                    self._kept.popitem(last=False)
            return found


@dataclass(frozen=True, slots=True)
class SlackWorkspace:
    """The Turf workspace behind a Slack team."""

    id: int
    timezone: str


class PeopleDirectory:
    """Who is who: from a Slack team and user to a workspace and a person."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._teams: dict[str, int] = {}

    async def workspace(self, team_id: str) -> SlackWorkspace | None:
        """The workspace of this Slack team, or None before the first set-up."""
        if team_id not in self._teams:
            async with self._store.database.read() as connection:
                query = select(WORKSPACES.c.id).where(WORKSPACES.c.slack_team_id == team_id)
                found = (await connection.execute(query)).scalar_one_or_none()
            if found is None:
                return None
            self._teams[team_id] = found
        async with self._store.read(self._teams[team_id]) as repo:
            return SlackWorkspace(repo.workspace_id, repo.settings.timezone)

    async def by_slack_id(self, workspace: int, slack_user_id: str) -> Person | None:
        async with self._store.read(workspace) as repo:
            return next(
                (person for person in repo.company.people.values() if person.slack_user_id == slack_user_id), None
            )

    async def by_email(self, workspace: int, email: str) -> Person | None:
        """The one person with this address whose Slack user is not known otherwise. Raises NotAllowed for several."""
        async with self._store.read(workspace) as repo:
            wanted, everyone = email.casefold(), repo.company.people.values()
            found = [one for one in everyone if not one.slack_user_id and (one.email or "").casefold() == wanted]
        if len(found) > 1:
            raise NotAllowed(
                "Several people in Turf's list have your e-mail address. "
                "Ask sales operations to add your Slack member ID to yours."
            )
        return found[0] if found else None

    async def whom_to_ask(self, workspace: int) -> Sequence[str]:
        """Names of the people in operations, who can add someone."""
        async with self._store.read(workspace) as repo:
            return [person.name for person in repo.company.people.values() if person.role is Role.OPS]


async def adopt(database: Database, team_id: str) -> bool:
    """Bind a Slack team to the one workspace that has none yet. False if the team has one, or there is no free one."""
    async with database.write() as connection:
        rows = (await connection.execute(select(WORKSPACES.c.id, WORKSPACES.c.slack_team_id))).all()
        free = [row.id for row in rows if row.slack_team_id is None]
        if len(free) != 1 or any(row.slack_team_id == team_id for row in rows):
            return False
        await connection.execute(update(WORKSPACES).where(WORKSPACES.c.id == free[0]).values(slack_team_id=team_id))
        return True
