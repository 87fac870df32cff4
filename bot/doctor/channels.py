"""Whether the bot is where it is to post: in each channel that the data names, or that a message waits for."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.doctor.finding import Finding, State
from bot.doctor.questions import Questions
from domain.errors import Unavailable
from storage.named_channels import NamedChannel

PAGE = 999
"""As many channels as Slack gives at once."""
SHOWN = 10
"""So many channels get a line each."""
_AGAIN = "Ask again in a minute: turf doctor"
_AGAIN_THEN = "Put those right, then ask again: turf doctor"


@dataclass(frozen=True, slots=True)
class Seen:
    """A channel as Slack has it."""

    name: str
    is_member: bool
    is_archived: bool


@dataclass(slots=True)
class Sight:
    """What was seen, by id and by name; `hidden` says why the rest was not looked at, if it was not."""

    seen: dict[str, Seen] = field(default_factory=dict)
    hidden: str = ""

    def add(self, channel: Mapping[str, Any], *, is_member: bool) -> None:
        found = Seen(str(channel["name"]), is_member, bool(channel.get("is_archived")))
        for name in (str(channel["id"]), found.name):
            self.seen.setdefault(_key(name), found)

    def of(self, channel: str) -> Seen | None:
        return self.seen.get(_key(channel))


def _key(channel: str) -> str:
    return channel.strip().removeprefix("#").casefold()


async def examine_channels(slack: Questions, token: str, bot: str, named: Sequence[NamedChannel]) -> list[Finding]:
    """`bot` is the name by which the bot is invited. What Slack does not say is a finding too."""
    if not named:
        return []
    sight = await _look(slack, token, [one.channel for one in named])
    unseen = [one for one in named if sight.hidden and not sight.of(one.channel)]
    problems = [found for one in named if one not in unseen and (found := _problem(one, sight.of(one.channel), bot))]
    good = len(named) - len(unseen) - len(problems)
    said = f"the bot is in {good} of {len(named)} that the data names"
    findings = [
        Finding("channels", State.WARN, said, "See below.") if problems else Finding("channels", State.OK, said)
    ]
    findings += problems[:SHOWN]
    if more := problems[SHOWN:]:
        worst = State.FAIL if any(found.state is State.FAIL for found in more) else State.WARN
        findings.append(Finding("channels", worst, f"{len(more)} more like these", _AGAIN_THEN))
    if unseen:
        findings.append(Finding("channels", State.WARN, f"{len(unseen)} not looked up: {sight.hidden}", _AGAIN))
    return findings


def _problem(one: NamedChannel, seen: Seen | None, bot: str) -> Finding | None:
    """A message that waits will be given up; a channel that is only named has time."""
    if seen and seen.is_member and not seen.is_archived:
        return None
    where = f"#{seen.name}" if seen else one.channel
    waiting = f"{one.waiting:,} {'message waits' if one.waiting == 1 else 'messages wait'}" if one.waiting else ""
    for_whom = "; ".join(filter(None, [", ".join(one.whose), waiting]))
    change = "name another channel in the file of teams or territories, and import it again"
    if seen is None:
        found = "not there, or private without the bot"
        remedy = f"If it is private: /invite @{bot} there. Otherwise {change}."
    elif seen.is_archived:
        found, remedy = "archived", f"Unarchive it in Slack, or {change}."
    else:
        found, remedy = "the bot is not in it", f"In Slack: /invite @{bot} in {where}"
    return Finding("channels", State.FAIL if one.waiting else State.WARN, f"{where} ({for_whom}): {found}", remedy)


async def _look(slack: Questions, token: str, wanted: Sequence[str]) -> Sight:
    """First where the bot is, which is often all; then everything, until each channel was seen."""
    sight = Sight()
    missing = {_key(one) for one in wanted}
    try:
        for method in ("users.conversations", "conversations.list"):
            async for channel in _pages(slack, token, method):
                sight.add(channel, is_member=method == "users.conversations" or bool(channel.get("is_member")))
                missing -= {_key(str(channel["id"])), _key(str(channel["name"]))}
                if not missing:
                    return sight
    except Unavailable as error:
        sight.hidden = error.message
    return sight


async def _pages(slack: Questions, token: str, method: str) -> AsyncIterator[Mapping[str, Any]]:
    """Raises Unavailable, also for what Slack refuses."""
    arguments = {"types": "public_channel,private_channel", "limit": str(PAGE)}
    while True:
        answer = await slack.ask(method, token, **arguments)
        if answer.error:
            raise Unavailable(f"Slack says {answer.error}.")
        for channel in answer.body["channels"]:
            yield channel
        cursor = (answer.body.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor
