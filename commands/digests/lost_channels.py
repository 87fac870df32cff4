"""Slack says that nothing can be posted to a channel any more: its digest rests at once, not only when the next is due."""

from commands.digests import telling_owners
from commands.kit import Happening, happening
from storage.subscriptions import State, of_channel
from storage.writing import Writing

_ARCHIVED, _REMOVED = "is_archived", "not_in_channel"
WHY = {
    "channel_archive": _ARCHIVED,
    "group_archive": _ARCHIVED,
    "channel_deleted": telling_owners.DELETED,
    "group_deleted": telling_owners.DELETED,
    "channel_left": _REMOVED,
    "group_left": _REMOVED,
}
"""What is kept of it: Slack's word for whoever posts there, which does not tell a deleted channel from an unknown one."""


@happening("channel_archive")
@happening("channel_deleted")
@happening("channel_left")
@happening("group_archive")
@happening("group_deleted")
@happening("group_left")
async def lose(told: Happening, repo: Writing) -> None:
    """One that is paused or rests already is told of when somebody resumes it."""
    known = await of_channel(repo.connection, repo.workspace_id, told.channel_id)
    if known is not None and known.state is State.ACTIVE:
        await telling_owners.rest(repo, known, WHY[told.name])
