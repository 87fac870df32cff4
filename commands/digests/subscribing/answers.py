"""What the commands of subscriptions answer; the words are in templates/digests/subscribing."""

from collections.abc import Collection, Mapping
from datetime import date

from commands.digests.subscribing import words
from commands.digests.subscribing.controls import (
    MUTE_ONE,
    UNMUTE_ONE,
    pause_button,
    restart_button,
    resume_button,
    stop_button,
)
from commands.digests.subscribing.service import SentNow
from commands.kit import Message
from commands.kit.blocks import actions, button, section
from storage.subscriptions import State, StoredSubscription
from templates import Mrkdwn, render


def _next(known: StoredSubscription, locale: str) -> str:
    return words.next_time(known.next, known.schedule.zone, locale) if known.next else ""


def notification(said: Mrkdwn) -> Mrkdwn:
    """The same as a notification says it."""
    return Mrkdwn(said.replace("*", ""))


def paused(known: StoredSubscription, title: str, locale: str) -> Message:
    """With the way back."""
    until = known.schedule.paused_until
    said = render(
        "digests/subscribing/paused.mrkdwn.j2",
        title=title,
        known=known,
        until=words.weekday_and_day(until, locale) if until else "",
        next=_next(known, locale),
    )
    return Message(notification(said), [section(said, id="paused"), actions(resume_button(known.id), id="controls")])


def resumed(known: StoredSubscription, title: str, locale: str, *, changed: bool, today: date) -> Message:
    ends = known.schedule.ends_on
    said = render(
        "digests/subscribing/resumed.mrkdwn.j2",
        title=title,
        known=known,
        changed=changed,
        next=_next(known, locale),
        ends=words.weekday_and_day(ends, locale) if ends is not None and ends >= today else "",
    )
    undo = [actions(pause_button(known.id, "Pause again"), id="controls")] if changed else []
    return Message(notification(said), [section(said, id="resumed"), *undo])


def asked_to_stop(known: StoredSubscription, title: str, *, owner: str) -> Message:
    """What ending means, before it is done; `owner` is who is told of it, if anybody else."""
    said = render("digests/subscribing/stop.mrkdwn.j2", title=title, known=known, owner=owner)
    controls = [stop_button(known.id)]
    if known.state is State.ACTIVE:
        controls.append(pause_button(known.id, "Pause instead"))
    return Message(notification(said), [section(said, id="stop"), actions(*controls, id="controls")])


def stopped(known: StoredSubscription, title: str) -> Message:
    """With the way back, in place of the question."""
    said = render("digests/subscribing/stopped.mrkdwn.j2", title=title, known=known)
    undo = actions(restart_button(known.id), id="controls")
    return Message(notification(said), [section(said, id="stopped"), undo], replace=True)


def restarted(known: StoredSubscription, title: str, locale: str) -> Message:
    said = render("digests/subscribing/restarted.mrkdwn.j2", title=title, known=known, next=_next(known, locale))
    return Message(notification(said), [section(said, id="restarted")], replace=True)


def sent(sent: SentNow, title: str, locale: str) -> Message:
    known = sent.known
    became = what_became(sent, title)
    following = _next(known, locale)
    said = render(
        "digests/subscribing/sent.mrkdwn.j2", sent=sent, title=title, known=known, next=following, became=became
    )
    return Message(notification(said), [section(said, id="sent")])


def what_became(sent: SentNow, title: str) -> Mrkdwn:
    """What the digest of today came to, for somebody who wants another one."""
    return render("digests/subscribing/became.mrkdwn.j2", sent=sent, title=title)


def sections(
    offered: Mapping[str, str], muted_now: Collection[str], *, changed: str | None, muted: bool, replace: bool
) -> Message:
    """Which sections somebody sees, and a button for each to change that."""
    said = render(
        "digests/subscribing/sections.mrkdwn.j2",
        changed=offered[changed] if changed else "",
        muted=muted,
        shown=words.listed([title for key, title in offered.items() if key not in muted_now]),
        left_out=words.listed([title for key, title in offered.items() if key in muted_now]),
    )
    buttons = [
        button(f"Show {title}", f"{UNMUTE_ONE}:{key}", value=key)
        if key in muted_now
        else button(f"Leave out {title}", f"{MUTE_ONE}:{key}", value=key)
        for key, title in offered.items()
    ]
    rows = [actions(*buttons[at : at + 5], id=f"sections{at}") for at in range(0, len(buttons), 5)]
    return Message(notification(said), [section(said, id="sections"), *rows], replace=replace)
