"""The workspace's policy for requests: a setting with its versions, so that each request can say by which it was made."""

from dataclasses import dataclass

from sqlalchemy import select

from domain.requests.policy import RequestPolicy, from_json
from storage.store import Repositories
from storage.tables import workspace

NAME = "request_policy"


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """`version` is the revision at which it was set; None for the defaults, which nobody set."""

    policy: RequestPolicy
    version: int | None


async def read_policy(repo: Repositories) -> StoredPolicy:
    """The policy as it stood in the snapshot."""
    setting = repo.snapshot.source(workspace.Setting)
    query = select(setting.c.value, setting.c.rev_from).where(setting.c.name == NAME)
    found = (await repo.connection.execute(query)).one_or_none()
    if found is None:
        return StoredPolicy(RequestPolicy(), None)
    return StoredPolicy(from_json(found.value, repo.settings.currency), found.rev_from)
