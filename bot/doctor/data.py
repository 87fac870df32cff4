"""What the database says: schema, workers, what waits, what was imported."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.doctor.finding import Finding, State, age_in_words
from bot.settings import Settings
from domain.errors import DataError, TurfError
from storage.addresses import check_address, ping
from storage.database import Database, sqlite_path
from storage.jobs_status import JobDepth, job_depth
from storage.migrations import REMEDIES, SchemaState, schema_state
from storage.named_channels import NamedChannel, named_channels
from storage.outbox_status import Depth, depth
from storage.overview import WorkspaceOverview, overview
from storage.workers import Worker, workers

STALE_AFTER = timedelta(days=1)
STUCK_AFTER = timedelta(minutes=15)
"""How long a message may wait before someone should look."""


@dataclass(frozen=True, slots=True)
class Data:
    """What was found, and what Slack is to be asked about: channels, and the Slack teams that the data belongs to."""

    findings: list[Finding] = field(default_factory=list)
    channels: list[NamedChannel] = field(default_factory=list)
    teams: frozenset[str] = frozenset()


async def examine_data(settings: Settings) -> Data:
    try:
        check_address(settings.database_url)
    except DataError as error:
        return Data([_wrong(error)])
    path = sqlite_path(settings.database_url)
    if path and not path.exists():  # asking would make the file
        return Data([Finding("database", State.FAIL, f"{path} does not exist", REMEDIES[SchemaState.EMPTY])])
    database = Database(settings.database_url)
    try:
        await ping(database)
        return await _examine_database(database, settings.clock().now())
    except TurfError as error:
        return Data([_wrong(error)])
    finally:
        await database.close()


def _wrong(error: TurfError) -> Finding:
    """Such a sentence is followed by its remedy."""
    found, _, remedy = error.message.partition(". ")
    return Finding("database", State.FAIL, found, remedy or "See what the database says.")


async def _examine_database(database: Database, now: datetime) -> Data:
    answers = Finding("database", State.OK, f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} answers")
    async with database.read() as connection:
        state = await schema_state(connection)
        if state is not SchemaState.CURRENT:
            return Data([answers, Finding("schema", State.FAIL, state.value, REMEDIES[state])])
        found, waiting, jobs = await overview(connection), await depth(connection), await job_depth(connection, now)
        known, channels = await workers(connection), await named_channels(connection)
    findings = [answers, Finding("schema", State.OK, "current")]
    if not found:
        findings.append(Finding("workspace", State.FAIL, "none", "Run `turf init`, or import something."))
    for one in found:
        findings += _examine_workspace(one, now)
    findings += [_worker(known, datetime.now(UTC)), _outbox(waiting, now), _jobs(jobs, now)]
    return Data(findings, channels, frozenset(one.slack_team_id for one in found if one.slack_team_id))


def _worker(known: list[Worker], now: datetime) -> Finding:
    """Whether someone sends; signs of life go by the machine's clock."""
    alive = [one for one in known if one.is_alive(now)]
    if not alive:
        last = f", the last one was seen {age_in_words(now - known[0].seen_at)} ago on {known[0].host}" if known else ""
        remedy = (
            "Start one: turf worker, or turf serve --with-worker. Without one nothing leaves that was not asked for."
        )
        return Finding("worker", State.WARN, f"none{last}", remedy)
    said = f"{len(alive)} at work on {', '.join(sorted({one.host for one in alive}))}"
    if not any(one.sends for one in alive):
        remedy = "Set SLACK_BOT_TOKEN where the worker runs, and start it again."
        return Finding("worker", State.WARN, f"{said}, without a token to send with", remedy)
    return Finding("worker", State.OK, f"{said}, seen {age_in_words(now - alive[0].seen_at)} ago")


def _outbox(found: Depth, now: datetime) -> Finding:
    """Messages that were given up, or that nobody sends."""
    why = f": {found.why}" if found.why else ""
    return _queue("outbox", "message", found, "the oldest for {age}" + why, now)


def _jobs(found: JobDepth, now: datetime) -> Finding:
    """What workers do by themselves, such as digests: given up, or left undone."""
    return _queue("jobs", "job", found, "one has been due for {age}", now)


def _queue(name: str, one: str, found: Depth | JobDepth, stuck: str, now: datetime) -> Finding:
    if found.dead:
        what = f"1 {one} was" if found.dead == 1 else f"{found.dead:,} {one}s were"
        return Finding(name, State.FAIL, f"{what} given up", "See why: turf outbox list. Then: turf outbox retry")
    age = now - found.oldest if found.oldest else timedelta()
    said = f"{found.waiting:,} waiting"
    if age > STUCK_AFTER:
        remedy = "Is a worker at work (above)? See why they wait: turf outbox list --all"
        return Finding(name, State.WARN, f"{said}, {stuck.replace('{age}', age_in_words(age))}", remedy)
    return Finding(name, State.OK, said)


def _examine_workspace(one: WorkspaceOverview, now: datetime) -> list[Finding]:
    about = f"{one.slug}: {one.currency}, {one.timezone}, "
    if one.slack_team_id:
        workspace = Finding("workspace", State.OK, f"{about}Slack team {one.slack_team_id}")
    else:
        remedy = "Nothing to do: it takes the first Slack team that asks."
        workspace = Finding("workspace", State.OK, f"{about}no Slack team yet", remedy)
    return [workspace, _counts(one), _freshness(one, now)]


def _counts(one: WorkspaceOverview) -> Finding:
    said = ", ".join(f"{count:,} {name}" for name, count in one.counts.items())
    empty = [name for name in ("people", "deals", "targets") if not one.counts[name]]
    if empty:
        return Finding("data", State.WARN, said, f"Import {' and '.join(empty)}: turf import {empty[0]}.csv")
    return Finding("data", State.OK, said)


def _freshness(one: WorkspaceOverview, now: datetime) -> Finding:
    if one.last_import is None:
        return Finding("last import", State.WARN, "never", "Import your CRM's export: turf import FOLDER")
    age = now - one.last_import
    said = f"{one.last_import:%Y-%m-%d %H:%M} UTC, {age_in_words(age)} ago"
    if age > STALE_AFTER:
        return Finding("last import", State.WARN, said, "Import a newer export: turf import FOLDER")
    return Finding("last import", State.OK, said)
