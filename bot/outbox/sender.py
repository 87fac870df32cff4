"""Sends what waits in the outbox: claims a lane, makes the words for who is there, posts, records what came of it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.outbox import plan
from bot.outbox.api import SlackApi
from bot.outbox.audience import Audiences
from bot.outbox.failures import Failure, Verdict
from bot.outbox.plan import Step
from bot.outbox.search import FILE_PAUSE, Search
from commands.kit.outgoing import LOCALE, Audience, Dropped, FileToSend, Rendered, Sending
from commands.kit.registry import Registry
from commands.kit.reply import Home, Message
from commands.kit.turf import local_date
from domain.company import Person
from domain.errors import TurfError
from storage import lanes
from storage.faults import reach
from storage.lanes import Claim, Settlement
from storage.leases import machine_time
from storage.outbox import Operation, State
from storage.store import Store

log = structlog.get_logger("turf.sender")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes and who reads it there."""

    channel: str
    audience: Audience
    recipient: Person | None = None
    locale: str = LOCALE


class _Unspeakable(Exception):
    """The words could not be made."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Sender:
    """One of possibly several. Slack may be away: what cannot be done now is done at a later step."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        api: SlackApi,
        *,
        jitter: Callable[[], float] = random.random,
        machine: Callable[[], datetime] = machine_time,
    ) -> None:
        self._store = store
        self._database = store.database
        self._registry = registry
        self._api = api
        self._jitter = jitter
        self._machine = machine
        self._search = Search(api, jitter)
        self._known: tuple[str, Audiences] | None = None

    async def run_once(self, now: datetime) -> int:
        """Do everything that is due at `now`; how many steps that took. Raises TurfError if the database is away."""
        steps = 0
        while await self.step(now):
            steps += 1
        return steps

    async def step(self, now: datetime) -> bool:
        """Bring the first message of one lane further; False if nothing is due. Raises TurfError."""
        claimed = await self.claim(now)
        if claimed is None:
            return False
        await self.bring(claimed, now)
        return True

    async def claim(self, now: datetime) -> Claim | None:
        """The first message of a lane, to be brought further; None if nothing is due. Raises TurfError."""
        team = await self._team()
        claimed = await lanes.claim(self._database, team, now, self._machine()) if team else None
        if claimed is not None:
            reach("claimed")
        return claimed

    async def bring(self, claimed: Claim, now: datetime) -> None:
        """Send it, or find out what became of it. Raises TurfError."""
        try:
            outcome = await self._outcome(claimed, now)
        except asyncio.CancelledError:
            await lanes.release(self._database, claimed)
            raise
        if outcome is None:
            await lanes.release(self._database, claimed)
            return
        await lanes.settle(self._database, claimed, outcome, now)
        _tell(claimed, outcome)

    async def _team(self) -> str | None:
        """Which Slack team the token belongs to; None while Slack does not say."""
        if self._known is None:
            try:
                team = await self._api.team()
            except Failure as failure:
                log.warning("Slack does not say who we are", why=failure.reason)
                return None
            self._known = team, Audiences(self._api, team)
        return self._known[0]

    async def _outcome(self, claimed: Claim, now: datetime) -> Settlement | None:
        """None: the message has become another one meanwhile."""
        match plan.step_of(claimed, now):
            case Step.GIVE_UP:
                return plan.given_up(claimed, now)
            case Step.WAIT:
                return plan.waiting_to_look(claimed, now, "nobody knows whether it was sent")
            case Step.LOOK:
                return await self._search.message(claimed, now)
            case Step.CHECK_FILE:
                return await self._search.file(claimed, now)
            case _:
                return await self._send(claimed, now)

    # Sending

    async def _send(self, claimed: Claim, now: datetime) -> Settlement | None:
        try:
            place = await self._place(claimed, now)
            rendered = place if isinstance(place, Dropped) else await self._render(claimed, place, now)
        except Failure as failure:
            return plan.failed(claimed, failure, now, begun=False, jitter=self._jitter())
        except _Unspeakable as error:
            return plan.unspeakable(claimed, error.error, now, jitter=self._jitter())
        if isinstance(place, Dropped) or isinstance(rendered, Dropped):
            return Settlement(State.DROPPED, now, _why(place, rendered))
        if not await lanes.begin(self._database, claimed, place.channel, now, self._machine()):
            return None
        try:
            return await self._deliver(claimed, place.channel, rendered, now)
        except Failure as failure:
            return plan.failed(claimed, failure, now, begun=True, jitter=self._jitter())

    async def _place(self, claimed: Claim, now: datetime) -> Place | Dropped:
        assert self._known
        audiences, company = self._known[1], (await self._store.present(claimed.workspace_id)).company
        if claimed.person_id is None:
            return Place(claimed.lane, await audiences.of_channel(claimed.lane, company))
        person = company.people.get(claimed.person_id)
        if person is None:
            return Dropped("this person is no longer there")
        member = await audiences.of_person(person, company)
        if member.is_outsider or member.is_bot:
            return Dropped("guests, people of other organisations and deactivated accounts get nothing")
        at_home = claimed.operation is Operation.HOME
        channel = member.slack_user_id if at_home else await self._api.open_direct(member.slack_user_id)
        return Place(channel, Audience([member]), person, member.locale)

    async def _render(self, claimed: Claim, place: Place, now: datetime) -> Rendered:
        """Raises Failure if the data is away just now, _Unspeakable for any other reason."""
        try:
            registered = self._registry.outgoing(claimed.kind)
            if registered is None:
                raise LookupError(f"nothing says the words of {claimed.kind}")
            async with self._store.read(claimed.workspace_id) as repo:
                sending = Sending(
                    kind=claimed.kind,
                    arguments=claimed.arguments,
                    audience=place.audience,
                    today=local_date(now, repo.settings.timezone),
                    now=now,
                    locale=place.locale,
                    recipient=place.recipient,
                )
                return _checked(claimed, await registered.render(sending, repo))
        except TurfError as error:
            raise Failure(Verdict.AGAIN, error.message) from error
        except Exception as error:
            log.error("a message could not be rendered", kind=claimed.kind, id=claimed.id, exc_info=error)
            raise _Unspeakable(error) from error

    async def _deliver(
        self, claimed: Claim, channel: str, rendered: Message | FileToSend | Home, now: datetime
    ) -> Settlement:
        reach("before-call")
        if isinstance(rendered, Home):
            await self._api.publish_home(channel, rendered.to_json())
            return Settlement(State.SENT, now, channel=channel, pause=plan.SECOND)
        thread = claimed.thread
        if isinstance(rendered, FileToSend):
            file_id = await self._api.upload(rendered, channel, claimed.delivery, thread)
            reach("after-call")
            return Settlement(State.SENDING, now + FILE_PAUSE, file_id=file_id, pause=plan.SECOND)
        try:
            ts = await self._post(claimed, channel, rendered, thread, plain=False)
        except Failure as failure:
            if failure.verdict is not Verdict.PLAIN or rendered.fallback is None:
                raise
            ts = await self._post(claimed, channel, rendered, thread, plain=True)
        reach("after-call")
        return Settlement(State.SENT, now, channel=channel, ts=ts, pause=plan.SECOND)

    async def _post(self, claimed: Claim, channel: str, message: Message, thread: str | None, *, plain: bool) -> str:
        content = message.to_post(plain=plain)
        if claimed.operation is Operation.UPDATE:
            related = claimed.related
            assert related is not None
            assert related.ts is not None
            await self._api.update(channel, related.ts, content)
            return related.ts
        return await self._api.post(channel, content, claimed.delivery, thread)


def _checked(claimed: Claim, rendered: Rendered) -> Rendered:
    """Raises TypeError for words that do not fit what was written to the outbox."""
    wanted = {Operation.FILE: FileToSend, Operation.HOME: Home}.get(claimed.operation, Message)
    if not isinstance(rendered, wanted | Dropped):
        raise TypeError(f"{claimed.kind} is to be a {wanted.__name__}, not a {type(rendered).__name__}")
    if isinstance(rendered, Message):
        rendered.to_post()  # what breaks a limit fails here, where it is a mistake of ours
    return rendered


def _why(*found: object) -> str:
    return next(one.reason for one in found if isinstance(one, Dropped))


def _tell(claimed: Claim, outcome: Settlement) -> None:
    tell = log.error if outcome.state is State.DEAD else log.info
    tell("outbox", id=claimed.id, kind=claimed.kind, state=outcome.state.value, why=outcome.error)
