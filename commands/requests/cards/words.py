"""Requests in words; the sentences are in templates/requests/cards."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from commands.requests.cards.about import About
from domain.company import PersonId
from domain.periods import parse_label
from domain.requests.concerned import territories_of
from domain.requests.machine import Event
from domain.requests.model import ChangeBoundary, ChangeRep, ChangeTarget, Cover, RequestKind, Split, State
from domain.target_setting import subject_of
from storage.store import Known
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

KINDS: Mapping[RequestKind, str] = {
    RequestKind.MOVE: "accounts move",
    RequestKind.REP: "another holder",
    RequestKind.COVER: "somebody stands in",
    RequestKind.BOUNDARY: "another rule",
    RequestKind.SPLIT: "a territory is split",
    RequestKind.MERGE: "a territory is merged into another",
    RequestKind.TARGET: "another target",
    RequestKind.REVERSAL: "a change is given back",
}
STATES: Mapping[State, str] = {
    State.DRAFT: "not sent yet",
    State.SUBMITTED: "waits for a decision",
    State.CHANGES_REQUESTED: "changes were asked for",
    State.APPROVED: "approved",
    State.SCHEDULED: "approved, scheduled",
    State.FAILED: "did not take effect",
    State.EFFECTIVE: "in effect",
    State.REVERSED: "in effect until it was reversed",
    State.REJECTED: "rejected",
    State.WITHDRAWN: "withdrawn",
    State.EXPIRED: "expired",
}
STEPS: Mapping[Event, str] = {
    Event.SUBMIT: "Sent",
    Event.APPROVE: "One side agreed",
    Event.APPROVE_LAST: "Everybody agreed",
    Event.REJECT: "Rejected",
    Event.ASK_FOR_CHANGES: "Changes were asked for",
    Event.RESUBMIT: "Sent again",
    Event.WITHDRAW: "Withdrawn",
    Event.EXPIRE: "Expired: nobody decided in time",
    Event.SCHEDULE: "Scheduled",
    Event.TAKE_EFFECT: "In effect now",
    Event.FAIL: "Did not take effect; sales operations know why",
    Event.RETRY: "Is tried again",
    Event.REVERSE: "Given back",
}


def person(repo: Known, number: PersonId | None) -> Mrkdwn | str:
    found = repo.company.people.get(number) if number is not None else None
    return name(found.name if found else "")


def people(repo: Known, numbers: Iterable[PersonId]) -> list[Mrkdwn | str]:
    return [person(repo, one) for one in dict.fromkeys(numbers)]


def title(about: About) -> str:
    """What it is, in a few words that say nothing of anybody."""
    kind = KINDS[about.kind]
    return f"reversal of request {about.reverses} ({kind})" if about.reverses is not None else kind


def deed(about: About, repo: Known, n: Numbers) -> Mrkdwn:
    """What it changes, without any figure."""
    change = about.change
    named = [_territory(repo, one) for one in territories_of(change)]
    return render(
        "requests/cards/deed.mrkdwn.j2",
        kind=about.kind.value,
        count=about.count,
        territory=named[0] if named else "",
        to=named[1] if len(named) > 1 else "",
        reverses=about.reverses,
        **_more(about, repo, n),
    )


def _more(about: About, repo: Known, n: Numbers) -> dict[str, object]:
    found: dict[str, object] = {
        "person": "",
        "previous": "",
        "last": "",
        "rule": "",
        "new": "",
        "subject": "",
        "period": "",
    }
    match about.change:
        case ChangeRep(person=new, previous=old):
            named = {"person": person(repo, new) if new else "", "previous": person(repo, old) if old else ""}
        case Cover(person=new, until=until):
            named = {"person": person(repo, new), "last": n.full_day(until - timedelta(days=1))}
        case ChangeBoundary(rule=rule):
            named = {"rule": name(rule)}
        case Split(name=called):
            named = {"new": name(called)}
        case ChangeTarget(subject_kind=kind, subject=subject, period=period):
            of = subject_of(repo.company, kind, subject)
            label = n.period(parse_label(period, repo.settings.fiscal_start))
            named = {"subject": name(of.name if of else ""), "period": label}
        case _:
            named = {}
    return found | named


def _territory(repo: Known, number: int) -> Mrkdwn | str:
    found = repo.company.territories.get(number)
    return name(found.name if found else "")


def became(about: About, n: Numbers) -> str:
    """How far it has come, with its day."""
    state, day = about.request.state, n.full_day(about.request.effective_on)
    if state is State.SCHEDULED:
        return f"approved, takes effect on {day}"
    if state is State.EFFECTIVE:
        return f"in effect since {day}"
    return STATES[state]
