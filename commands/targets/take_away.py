"""Keep in my messages, and Export...: a card and the rows behind it, as a direct message."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from io import BytesIO

from commands.kit import (
    Call,
    Dropped,
    FileToSend,
    Message,
    Modal,
    Rendered,
    Reply,
    Sending,
    Turf,
    action,
    effect,
    outgoing,
    submission,
)
from commands.kit.blocks import actions, button, context, section
from commands.kit.inputs import Filled, field, menu
from commands.kit.names import Kind
from commands.targets import service, views
from commands.targets.behind import COLUMNS, Row, behind
from commands.targets.controls import WHY
from commands.targets.reference import CardReference
from commands.targets.service import TargetsCard
from commands.targets.share_controls import EXPORT, KEEP
from domain.company import Settings
from domain.errors import NotAllowed, NotFound, UsageError
from storage.export_files import write_export
from storage.exporting import Sheet
from storage.store import Repositories
from storage.writing import Writing
from templates import render
from templates.numbers import Numbers

SEND = "targets.export_send"
KEPT = "targets/kept"
FILE = "targets/export"
FORMATS = {"csv": "CSV", "xlsx": "Excel"}
FORMAT = "format"


# Keep in my messages


@effect(KEEP)
async def keep(call: Call, repo: Writing) -> Reply:
    """Have the card computed again for this person and sent to them."""
    reference = CardReference.decode(call.value)
    service.allow(repo, reference.subject(repo.company), by=call.person, today=call.today)
    await repo.outbox.direct(call.person.id, KEPT, {"card": reference.encoded})
    return Message(render("targets/kept_soon.mrkdwn.j2"))


@outgoing(KEPT)
async def kept(sending: Sending, repo: Repositories) -> Rendered:
    if sending.recipient is None:
        return Dropped("a card is kept in direct messages only")
    reference = CardReference.decode(sending.arguments["card"])
    try:
        subject = reference.subject(repo.company)
        period = reference.parsed_period(repo.settings.fiscal_start)
        card = await service.allowed(repo, subject, period, reference.metric, by=sending.recipient, today=sending.today)
    except (NotAllowed, NotFound) as error:
        words = render("targets/kept_not.mrkdwn.j2", reason=error.message)
        return Message("A card could not be kept.", [section(words, id="kept")])
    return kept_message(card, sending.recipient.id, at=sending.now, locale=sending.locale, settings=repo.settings)


def kept_message(card: TargetsCard, person: int, *, at: datetime, locale: str, settings: Settings) -> Message:
    """A card with its time, and with Why? as its one control: it stays as it is."""
    n = Numbers(card.currency, locale)
    shown = views.content(card, locale=locale, settings=settings)
    about = context(render("targets/kept_about.mrkdwn.j2", n=n, at=at, timezone=settings.timezone), id="about")
    why = [actions(button("Why?", WHY, value=CardReference.of(card).encoded), id="controls")] if card.has_why else []
    # A lock screen shows one's own figures only.
    own = card.subject.kind is Kind.PERSON and card.subject.id == person and card.score.is_leaf
    text = shown.text if own else f"Kept for you: {card.title}, {n.period(card.period)}."
    return Message(text, [*shown.newer, about, *why], fallback=[*shown.older, about, *why])


# Export


@action(EXPORT, opens="Export")
async def ask_format(call: Call, turf: Turf) -> Reply:
    reference = CardReference.decode(call.value)
    async with turf.read(call) as repo:
        found = await behind(repo, reference, by=call.person, today=call.today)
        n = Numbers(found.card.currency, call.locale)
    period = n.period(found.card.period)
    if not found.rows:
        return Modal("Export", [section(render("targets/export_nothing.mrkdwn.j2", period=period), id="about")])
    about = render("targets/export_about.mrkdwn.j2", title=found.card.title, period=period, rows=bool(found.card.rows))
    formats = menu(FORMATS, chosen="csv")
    blocks = [section(about, id="about"), field(FORMAT, "Format", formats)]
    return Modal("Export", blocks, submit="Send me the file", close="Cancel", callback=SEND, metadata=reference.encoded)


@submission(SEND, effect=True)
async def send_file(call: Call, repo: Writing) -> Reply:
    reference = CardReference.decode(call.view.metadata if call.view else "")
    service.allow(repo, reference.subject(repo.company), by=call.person, today=call.today)
    form = Filled.of(call.view).one(FORMAT)
    if form not in FORMATS:
        raise UsageError("Choose CSV or Excel.")
    await repo.outbox.file(call.person.id, FILE, {"card": reference.encoded, "format": form})
    what = {"period": reference.period, "format": form}
    await repo.audit("targets.export", reference.kind, reference.id, after=what)
    return Modal("Export", [section(render("targets/export_soon.mrkdwn.j2"), id="about")])


@outgoing(FILE)
async def file(sending: Sending, repo: Repositories) -> Rendered:
    if sending.recipient is None:
        return Dropped("a file goes to a person only")
    reference, form = CardReference.decode(sending.arguments["card"]), sending.arguments["format"]
    try:
        by = service.as_listed(repo, sending.recipient)
        found = await behind(repo, reference, by=by, today=sending.today)
    except (NotAllowed, NotFound) as error:
        return Dropped(error.message)
    period = Numbers(found.card.currency, sending.locale).period(found.card.period)
    words = {"title": found.card.title, "period": period, "count": len(found.rows)}
    return FileToSend(
        name=f"targets-{reference.period}.{form}",
        content=await written(found.rows, form),
        title=f"Targets, {period}.{form}",
        comment=render("targets/export_comment.mrkdwn.j2", **words),
    )


async def written(rows: list[Row], form: str) -> bytes:
    """The rows as a file."""

    async def batches() -> AsyncGenerator[list[Row], None]:
        yield rows

    made = BytesIO()
    async with aclosing(batches()) as found:
        await write_export(Sheet("targets", COLUMNS, found), form, made)
    return made.getvalue()
