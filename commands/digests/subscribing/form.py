"""What is chosen in the form, and the subscription that it means."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from commands.digests.subscribing.times import parse_time, require_zone
from commands.kit.inputs import Filled
from commands.kit.names import Kind
from domain.company import PersonId
from domain.errors import NotFound, TurfError, UsageError
from domain.schedules import HolidayRule, Schedule
from storage.subscriptions import StoredSubscription, Wish

SKIP = "skip"
SECTIONS = "sections."
"""Begins the name of the field, which ends with whom the digest speaks to: others have other sections."""
LONGEST = timedelta(days=3660)
"""How far ahead an end may be."""
T = TypeVar("T")


class FormErrors(Exception):
    """What is wrong, by field."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__()
        self.by_field = by_field


@dataclass(frozen=True, slots=True)
class Where:
    """Which subscription a form is about, as its modal carries it.

    `channel` is empty for a direct message; `subscription` is 0 for a new one; `is_open` says whether the channel could be
    reached when the preview was made, `held` of which scope nothing could be posted then.
    """

    channel: str
    subscription: int = 0
    version: int = 0
    is_open: bool = True
    held: str = ""

    @property
    def encoded(self) -> str:
        return json.dumps([self.channel, self.subscription, self.version, self.is_open, self.held])

    @classmethod
    def decode(cls, metadata: str) -> "Where":
        """Raises NotFound for what no modal of ours carries."""
        try:
            channel, subscription, version, is_open, held = json.loads(metadata)
        except (ValueError, TypeError) as error:
            raise NotFound("This form is from another version of Turf. Start again with /digest.") from error
        return cls(str(channel), int(subscription), int(version), bool(is_open), str(held))


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they were typed or chosen; empty if they were not yet.

    `shown` are keys of sections, chosen among those of the kind of digest that `shown_of` names.
    """

    scope: str = ""
    """`team:3`."""
    weekdays: tuple[str, ...] = ("0",)
    at: str = "09:00"
    zone: str = ""
    shown: tuple[str, ...] | None = None
    """None is all of them."""
    shown_of: str = ""
    skip_when_empty: bool = False
    holiday_rule: str = HolidayRule.NEXT_WORKING_DAY.value
    starts_on: str = ""
    ends_on: str = ""

    @classmethod
    def of(cls, filled: Filled) -> "Form":
        sections = next((name for name in filled.values if name.startswith(SECTIONS)), None)
        return cls(
            scope=filled.one("scope"),
            weekdays=tuple(filled.several("weekdays")),
            at=filled.one("at"),
            zone=filled.one("zone"),
            shown=tuple(filled.several(sections)) if sections else None,
            shown_of=sections.removeprefix(SECTIONS) if sections else "",
            skip_when_empty=SKIP in filled.several("empty"),
            holiday_rule=filled.one("holidays") or HolidayRule.NEXT_WORKING_DAY.value,
            starts_on=filled.one("starts"),
            ends_on=filled.one("ends"),
        )

    @classmethod
    def like(cls, known: StoredSubscription, sections: Sequence[str]) -> "Form":
        """The form as an existing subscription fills it in."""
        wish, schedule = known.wish, known.schedule
        return cls(
            scope=f"{wish.scope_kind}:{wish.scope_id or 0}",
            weekdays=tuple(map(str, sorted(schedule.weekdays))),
            at=f"{schedule.at:%H:%M}",
            zone=schedule.zone,
            shown=tuple(key for key in sections if key not in wish.hidden),
            skip_when_empty=wish.skip_when_empty,
            holiday_rule=schedule.holiday_rule.value,
            starts_on=schedule.starts_on.isoformat(),
            ends_on=schedule.ends_on.isoformat() if schedule.ends_on else "",
        )


@dataclass(slots=True)
class Reader:
    """Reads forms on one day: `sections` are the keys that could be chosen."""

    today: date
    sections: Sequence[str]
    errors: dict[str, str] = field(default_factory=dict)

    def wish(self, form: Form, where: Where, *, owner: PersonId, reader: PersonId) -> Wish:
        """What a form asks for; whether that is allowed asks the service. Raises FormErrors, with all that is wrong at once."""
        scope = self._checked("scope", lambda: parse_scope(form.scope))
        schedule = self.schedule(form)
        hidden = frozenset(self.sections) - frozenset(self.sections if form.shown is None else form.shown)
        if self.errors or scope is None or schedule is None:
            raise FormErrors(self.errors)
        return Wish(
            channel_id=where.channel or None,
            person_id=None if where.channel else reader,
            owner_id=owner,
            scope_kind=scope[0].value,
            scope_id=scope[1] or None,
            schedule=schedule,
            hidden=hidden,
            skip_when_empty=form.skip_when_empty,
        )

    def schedule(self, form: Form) -> Schedule | None:
        """When it is to come; None if something is wrong, which is in `errors`."""
        at = self._checked("at", lambda: parse_time(form.at))
        zone = self._checked("zone", lambda: require_zone(form.zone))
        weekdays = self._checked("weekdays", lambda: _weekdays(form.weekdays))
        starts = self._checked("starts", lambda: _day(form.starts_on)) or self.today
        ends = self._checked("ends", lambda: _day(form.ends_on))
        if ends is not None and not max(starts, self.today) <= ends <= self.today + LONGEST:
            self.errors["ends"] = "The last day is before the first one, or too far ahead. Choose another one."
        if starts > self.today + LONGEST:
            self.errors["starts"] = "That is too far ahead. Choose an earlier day."
        if self.errors or at is None or zone is None or weekdays is None:
            return None
        return Schedule(weekdays, at, zone, HolidayRule(form.holiday_rule), starts, ends)

    def _checked(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except TurfError as error:
            self.errors[name] = error.message
            return None


def parse_scope(value: str) -> tuple[Kind, int]:
    """Raises NotFound for a value that no menu of ours has."""
    kind, _, number = value.partition(":")
    if kind not in list(Kind) or not number.isdigit():
        raise NotFound("Choose what the digest is about.")
    return Kind(kind), int(number)


def _weekdays(chosen: Sequence[str]) -> frozenset[int]:
    found = frozenset(int(one) for one in chosen if one in "0123456" and one)
    if not found:
        raise UsageError("Choose at least one weekday.")
    return found


def _day(chosen: str) -> date | None:
    return date.fromisoformat(chosen) if chosen else None
