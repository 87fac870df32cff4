"""`turf report targets --unanswered`: the targets whose owner was told and has not answered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from commands.targets.report import By, ReportRow, report
from domain.company import Metric, SubjectKind
from domain.periods import Period, parse_label
from domain.target_setting import Key, subject_of
from storage.revisions import end_of
from storage.store import Repositories
from storage.target_notices import Notice, told_of, unanswered

_ROWS = {SubjectKind.PERSON: By.PERSON, SubjectKind.TERRITORY: By.TERRITORY, SubjectKind.TEAM: By.TEAM}


async def unanswered_report(
    repo: Repositories,
    *,
    period: Period,
    today: date,
    metric: Metric | None = None,
    until: date | None = None,
    as_of: date | None = None,
) -> list[ReportRow]:
    """The report's rows of those targets, of people, territories and teams alike; `reason` says who was told, and when.

    Credit counts up to `until`; whoever answered after the end of `as_of` had not answered then.
    """
    then = None if as_of is None else end_of(as_of, repo.settings.timezone)
    open_ones = [one for one in await unanswered(*repo.at, then) if _overlaps(repo, one.key, period)]
    found: list[ReportRow] = []
    for kind, by in _ROWS.items():
        mine = [one for one in open_ones if one.key[0] is kind]
        rows = await report(repo, period=period, by=by, today=today, metric=metric, until=until) if mine else []
        found += [
            replace(row, reason=_reason(repo, row, told))
            for row in _one_each(rows)
            if (told := _about(repo, row, mine))
        ]
    return sorted(found, key=lambda row: row.metric)


def _one_each(rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Of a person what is their own, of a territory or team what is of everything in it."""
    whole = {(row.subject_kind, row.subject, row.metric) for row in rows if not row.is_leaf}
    return [
        row
        for row in rows
        if row.is_leaf == (row.subject_kind == "person" or (row.subject_kind, row.subject, row.metric) not in whole)
    ]


async def told_in(
    repo: Repositories, *, period: Period, metric: Metric | None = None, as_of: date | None = None
) -> list[Key]:
    """The targets of a period of which anybody was told, answered or not."""
    then = None if as_of is None else end_of(as_of, repo.settings.timezone)
    told = await told_of(repo.connection, repo.workspace_id, then)
    return [key for key in told if _overlaps(repo, key, period) and metric in (None, key[3])]


def _overlaps(repo: Repositories, key: Key, period: Period) -> bool:
    return parse_label(key[2], repo.settings.fiscal_start).span.overlaps(period.span)


def _about(repo: Repositories, row: ReportRow, notices: Sequence[Notice]) -> list[Notice]:
    """The notices that a row is about."""
    return [
        one
        for one in notices
        if (found := subject_of(repo.company, one.key[0], one.key[1])) is not None
        and (row.subject_kind, row.subject, row.metric) == (one.key[0].value, found.key, one.key[3].value)
    ]


def _reason(repo: Repositories, row: ReportRow, notices: Sequence[Notice]) -> str:
    people, zone = repo.company.people, ZoneInfo(repo.settings.timezone)
    told = [
        f"{people[one.person].name if one.person in people else '-'} was told of {one.key[2]} on {one.at.astimezone(zone):%Y-%m-%d}"
        for one in notices
    ]
    return "; ".join([f"unanswered: {', '.join(told)}", *([row.reason] if row.reason else [])])
