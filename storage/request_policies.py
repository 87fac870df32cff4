"""The workspace's policy for requests: a setting with its versions, so that each request can say by which it was made."""

import json
from dataclasses import dataclass

from sqlalchemy import select

from domain.requests.policy import RequestPolicy, from_json, to_json
from storage.revisions import set_settings
from storage.store import Repositories
from storage.tables import workspace
from storage.writing import Writing

NAME = "request_policy"
SET = "requests.policy"


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


async def set_policy(repo: Writing, policy: RequestPolicy) -> int:
    """Keep another policy, from now on; its version. Requests that are open go on by it."""
    before, after = (_plain(repo, one) for one in ((await read_policy(repo)).policy, policy))
    version = await repo.revise(SET)
    await set_settings(repo.connection, repo.workspace_id, version, {NAME: after})
    await repo.audit(SET, "settings", None, before={NAME: before}, after={NAME: after})
    return version


def _plain(repo: Repositories, policy: RequestPolicy) -> object:
    return json.loads(to_json(policy, repo.settings.currency))
