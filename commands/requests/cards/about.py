"""A request, and what it is about."""

from dataclasses import dataclass
from datetime import date

from commands.requests.planned import Planned, planned
from domain.errors import TurfError
from domain.requests.concerned import is_confidential
from domain.requests.model import KIND_OF, Change, MoveAccounts, RequestId, RequestKind, Reversal, Split
from storage import requests
from storage.requests import Request
from storage.store import Repositories


@dataclass(frozen=True, slots=True)
class About:
    """`change` is, of a reversal, what it gives back."""

    request: Request
    change: Change

    @property
    def kind(self) -> RequestKind:
        return KIND_OF[type(self.change)]

    @property
    def reverses(self) -> RequestId | None:
        return self.request.change.request if isinstance(self.request.change, Reversal) else None

    @property
    def is_confidential(self) -> bool:
        """Whether a channel may see no more than the kind and the state now."""
        return is_confidential(self.change, self.request.state)

    @property
    def count(self) -> int | None:
        """How many accounts it names; None for what names none."""
        return len(self.change.accounts) if isinstance(self.change, MoveAccounts | Split) else None


async def about(repo: Repositories, number: RequestId) -> About:
    """Raises NotFound."""
    return await about_of(repo, await requests.read(repo.connection, repo.workspace_id, number))


async def about_of(repo: Repositories, request: Request) -> About:
    if isinstance(request.change, Reversal):
        origin = await requests.read(repo.connection, repo.workspace_id, request.change.request)
        return About(request, origin.change)
    return About(request, request.change)


async def plan_of(repo: Repositories, request: Request, today: date) -> Planned | TurfError:
    """What it would do as the data is now; or why it cannot be done."""
    try:
        return await planned(repo, request, today=today)
    except TurfError as error:
        return error
