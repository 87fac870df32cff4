"""The form with its preview, and what is shown once it was sent; the words are in templates/digests/subscribing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commands.digests.subscribing import words
from commands.digests.subscribing.answers import notification
from commands.digests.subscribing.controls import stop_button
from commands.digests.subscribing.form import SECTIONS, SKIP, Form, Where
from commands.digests.subscribing.preview import Preview
from commands.digests.subscribing.service import Saved
from commands.digests.subscribing.times import WEEKDAYS, city
from commands.kit import Block, Message, Modal
from commands.kit.blocks import Control, actions, button, context, divider, section
from commands.kit.inputs import checkboxes, day, field, menu, search, several, text
from commands.kit.sections import DigestKind
from domain.schedules import Slot
from templates import name, render

TITLE = "Digest"
LIVE = "digests.live"
"""What changes the preview; what follows the colon is the field."""
SUBMIT = "digests.save"
CHOICES, VALUE = 100, 75
"""So many choices a menu has, and so long what one of them stands for."""
THREAD_BLOCKS = 40
"""So much of the thread is shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """All that the form shows.

    `scope` is the label of what was chosen, `instead` of what could be posted where that can't; `sections` are keys and titles; `errors` says what is wrong with what was
    typed; `owner` and `state` are of a subscription that is there already.
    """

    where: Where
    form: Form
    scope: str
    kind: DigestKind
    sections: Mapping[str, str]
    preview: Preview | None = None
    instead: str = ""
    next: Slot | None = None
    errors: Mapping[str, str] | None = None
    owner: str = ""
    state: str = ""
    locale: str = "en-US"


def form_modal(card: Card) -> Modal:
    """What, when, and what of it: each with what comes of it below. Blocks keep their ids, so that what was typed stays."""
    blocks = [
        section(_intro(card), id="intro"),
        *_what(card),
        *_when(card),
        section(_coming(card), id="coming"),
        *_sections(card),
        actions(*_controls(card), id="look"),
        divider(),
        *_preview(card),
    ]
    return Modal(
        TITLE,
        blocks,
        submit="Save" if card.where.subscription else "Subscribe",
        close="Cancel",
        callback=SUBMIT,
        metadata=card.where.encoded,
        follows=True,
    )


def _controls(card: Card) -> list[Control]:
    look = button("Show preview", f"{LIVE}:preview")
    return [look, stop_button(card.where.subscription, asks=True)] if card.where.subscription else [look]


def _intro(card: Card) -> str:
    return render(
        "digests/subscribing/intro.mrkdwn.j2",
        channel=card.where.channel,
        is_new=not card.where.subscription,
        owner=name(card.owner) if card.owner else "",
        state=card.state,
    )


def _what(card: Card) -> list[Block]:
    chosen = (card.form.scope, name(card.scope)) if card.scope else None
    about = search(f"{LIVE}:scope", chosen=chosen, placeholder="A team, a territory, the company", least=0)
    return [field("scope", "What it is about", about, live=True), *_held(card)]


def _held(card: Card) -> list[Block]:
    """Said at once beside the choice: the preview is further down than a window shows."""
    shown = card.preview
    if shown is None or not shown.refused:
        return []
    instead = name(card.instead) if card.instead else ""
    said = render("digests/subscribing/held.mrkdwn.j2", preview=shown, channel=card.where.channel, instead=instead)
    return [section(said, id="held")]


def _when(card: Card) -> list[Block]:
    form = card.form
    days = {str(number): one for number, one in enumerate(WEEKDAYS)}
    zone = (form.zone, zone_label(form.zone)) if form.zone else None
    zones = search(f"{LIVE}:zone", chosen=zone, placeholder="Begin to type a city", least=0)
    starts = date.fromisoformat(form.starts_on) if form.starts_on else None
    ends = date.fromisoformat(form.ends_on) if form.ends_on else None
    return [
        field("weekdays", "On", checkboxes(days, chosen=form.weekdays, action=f"{LIVE}:weekdays"), live=True),
        field("at", "At", text(initial=form.at, placeholder="9:00", most=20, action=f"{LIVE}:at"), live=True),
        field("zone", "Time zone", zones, live=True),
        field("holidays", "If the day is a holiday", menu(words.RULES, chosen=form.holiday_rule)),
        field("starts", "First day", day(initial=starts, placeholder="Today"), optional=True),
        field("ends", "Last day", day(initial=ends, placeholder="Never"), optional=True),
    ]


def zone_label(zone: str) -> str:
    return zone if zone == city(zone) else f"{city(zone)} ({zone})"


def zone_choices(typed: str, found: Mapping[str, str]) -> Mapping[str, str]:
    """What the menu offers, each by the town that was found; what fits none is a choice too, which the form refuses."""
    if not found:
        return {typed[:VALUE]: f"No zone fits '{name(typed)}': type a larger city nearby"}
    first = list(found.items())[:CHOICES]
    return {zone: zone_label(zone) if town == city(zone) else f"{town}: {zone_label(zone)}" for zone, town in first}


def _sections(card: Card) -> list[Block]:
    form = card.form
    shown = list(card.sections) if form.shown is None else form.shown
    picked = several(card.sections, chosen=shown, placeholder="Sections", action=f"{LIVE}:sections")
    empty = {SKIP: "Leave the digest out when nothing has changed"}
    return [
        *([field(f"{SECTIONS}{card.kind}", "Sections", picked, optional=True, live=True)] if card.sections else []),
        field("empty", "Quiet weeks", checkboxes(empty, chosen=[SKIP] * form.skip_when_empty), optional=True),
    ]


def _coming(card: Card) -> str:
    return render(
        "digests/subscribing/coming.mrkdwn.j2",
        next=words.next_time(card.next, card.form.zone, card.locale) if card.next else "",
        errors=list(dict(card.errors or {}).values()),
    )


def _preview(card: Card) -> list[Block]:
    shown = card.preview
    about = render("digests/subscribing/preview.mrkdwn.j2", preview=shown, channel=card.where.channel)
    if shown is None or shown.refused:
        return [section(about, id="shown")]
    return [section(about, id="shown"), *shown.head, *_thread(shown.thread)]


def _thread(blocks: Sequence[Block]) -> list[Block]:
    if not blocks:
        return []
    cut = len(blocks) - THREAD_BLOCKS
    more = (
        [context(render("digests/subscribing/thread_more.mrkdwn.j2", count=cut), id="thread_more")] if cut > 0 else []
    )
    below = context(render("digests/subscribing/thread.mrkdwn.j2"), id="thread_below")
    return [below, *blocks[:THREAD_BLOCKS], *more]


def saved_modal(saved: Saved, title: str, locale: str, *, held: bool) -> Modal:
    """`held`: nothing of it could be posted when it was previewed."""
    known = saved.known
    said = render(
        "digests/subscribing/saved.mrkdwn.j2",
        title=title,
        known=known,
        is_new=saved.is_new,
        held=held,
        when=words.when(known.schedule),
        next=words.next_time(known.next, known.schedule.zone, locale) if known.next else "",
    )
    return Modal(TITLE, [section(said, id="saved")])


def preview_message(shown: Preview, channel: str) -> Message:
    """What `/digest preview` answers."""
    about = render("digests/subscribing/preview.mrkdwn.j2", preview=shown, channel=channel)
    if shown.refused:
        return Message(notification(about), [section(about, id="shown")])
    return Message(notification(about), [section(about, id="shown"), *shown.head, *_thread(shown.thread)])
