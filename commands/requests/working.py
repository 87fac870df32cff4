"""What workers do with requests: carry them out on their day, remind who has yet to decide, end what nobody decided."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from commands.kit import Done, Due, JobOutcome, Skipped
from commands.kit.jobs import JobKind
from commands.kit.registry import Registry
from commands.kit.turf import local_date
from commands.requests.planned import planned
from commands.requests.stepping import EFFECT_JOB, REMINDER_JOB, Act, Steps, order_reminder
from domain.errors import Busy, TurfError, Unavailable
from domain.requests import waiting
from domain.requests.machine import Event
from domain.requests.model import HoldOver, Reversal, State
from domain.requests.waiting import Nudge
from domain.requests.writes import OpenDeal, Row, Rows, Writes
from storage import requests
from storage.account_facts import holdings
from storage.changing import apply
from storage.faults import reach
from storage.request_facts import open_deals
from storage.request_policies import read_policy
from storage.requests import Request
from storage.store import Store
from storage.writing import Writing

CAUSE = "request"
HAND_OVER_JOB = "requests/hand_over"
Nudging = Callable[[Writing, Request], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Working:
    """Jobs that make `steps`; `nudges` are what is said while a request waits."""

    steps: Steps
    nudges: Mapping[Nudge, Nudging]

    async def take_effect(self, due: Due, repo: Writing) -> JobOutcome:
        """All of it or nothing; what stands in the way is kept with the request, which can be tried again."""
        seen = await requests.read(repo.connection, repo.workspace_id, int(due.arguments["request"]))
        if seen.state is not State.SCHEDULED or seen.version != int(due.arguments["version"]):
            return Skipped(f"it is {seen.state.value.replace('_', ' ')} by now")
        try:
            async with repo.connection.begin_nested():
                await self._apply(due, repo, seen)
        except (Busy, Unavailable):
            raise
        except TurfError as error:
            await self.steps.advance(repo, seen, Event.FAIL, Act(None, due.today, failure=error.message))
        return Done()

    async def _apply(self, due: Due, repo: Writing, seen: Request) -> None:
        """Raises TurfError with why it cannot be done."""
        here, act = (repo.connection, repo.workspace_id), Act(None, due.today)
        made = (await planned(repo, seen, today=due.today)).plan
        reach("request-planned")
        said = await requests.verdicts(*here, seen.id)
        applied = await apply(repo, made.writes, cause=CAUSE, decided_by=said[-1].by if said else seen.requester)
        await requests.record_written(*here, seen.id, made.writes, applied.revision)
        if made.held:
            await _order_hand_over(repo, seen, made.held)
        reach("request-written")
        await self.steps.advance(repo, seen, Event.TAKE_EFFECT, act)
        if isinstance(seen.change, Reversal):
            origin = await requests.read(*here, seen.change.request)
            await self.steps.advance(repo, origin, Event.REVERSE, act)
        reach("request-effective")

    async def hand_over(self, due: Due, repo: Writing) -> JobOutcome:
        """The deals that stayed for a while, those that are still open and whose they were then."""
        here, number = (repo.connection, repo.workspace_id), int(due.arguments["request"])
        seen = await requests.read(*here, number)
        if seen.state is not State.EFFECTIVE:
            return Skipped("it was reversed")
        held = [(OpenDeal(*before), OpenDeal(*after)) for before, after in due.arguments["deals"]]
        there = {deal.row for deal in await open_deals(repo, [before.deal for before, _ in held], day=due.today)}
        rows = tuple(Row(before, after) for before, after in held if before in there)
        if not rows:
            return Skipped("all of them have closed or changed hands")
        applied = await apply(repo, Writes(deals=rows), cause=CAUSE, decided_by=seen.requester)
        written = await requests.written_by(*here, number) or Writes()
        await requests.record_written(*here, number, written.with_deals(rows), applied.revision)
        return Done()

    async def nudge(self, due: Due, repo: Writing) -> JobOutcome:
        """What is due for a request that still waits, and the order for what comes next."""
        seen = await requests.read(repo.connection, repo.workspace_id, int(due.arguments["request"]))
        if seen.state is not State.SUBMITTED or seen.turn != int(due.arguments["turn"]):
            return Skipped("it does not wait any more")
        assert seen.submitted_at is not None
        since = local_date(seen.submitted_at, repo.settings.timezone)
        policy = (await read_policy(repo)).policy
        found = waiting.due(since, due.today, policy)
        if found is not None and found.nudge is Nudge.EXPIRE:
            await self.steps.advance(repo, seen, Event.EXPIRE, Act(None, due.today))
            return Done()
        if found is not None:
            await self.nudges[found.nudge](repo, seen)
        await order_reminder(repo, seen, waiting.after(since, found, policy))
        return Done()


async def prepare(due: Due, store: Store) -> None:
    """Finds where all accounts are before anybody has to wait for it: of a large company that takes a while."""
    async with store.read(due.workspace_id) as repo:
        await holdings(repo)


def register(registry: Registry, working: Working) -> None:
    registry.add(JobKind(EFFECT_JOB, run=working.take_effect, prepare=prepare))
    registry.add(JobKind(HAND_OVER_JOB, run=working.hand_over))
    registry.add(JobKind(REMINDER_JOB, run=working.nudge))


async def _order_hand_over(repo: Writing, seen: Request, held: Rows[OpenDeal]) -> None:
    """At midnight of the day on which the hold-over ends."""
    hold: HoldOver = seen.change.terms.hold_over  # type: ignore[union-attr, assignment]
    at = datetime.combine(hold.until, time.min, ZoneInfo(repo.settings.timezone))
    deals = [[_plain(row.before), _plain(row.after)] for row in held if row.before and row.after]
    await repo.jobs.add(HAND_OVER_JOB, str(seen.id), {"request": seen.id, "deals": deals}, at)


def _plain(deal: OpenDeal) -> list[int | None]:
    return [deal.deal, deal.owner, deal.territory]
