"""What goes into a channel, and the modal that shows it beforehand; the words are in templates/targets."""

import json
from dataclasses import dataclass

from commands.kit import Block
from commands.kit.blocks import context, divider, section
from commands.kit.inputs import conversation, field
from commands.kit.reply import Message, Modal
from commands.targets import views
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard
from commands.targets.sharing import Share
from domain.company import Settings
from domain.errors import NotFound
from templates import render

WHERE = "targets.share_where"
POST = "targets.share_post"
CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class ShareForm:
    """What the modal carries: the card that was clicked on, and what is previewed for which channel."""

    reference: CardReference
    channel: str = ""
    share: Share | None = None

    @property
    def encoded(self) -> str:
        share = self.share.arguments if self.share else None
        return json.dumps({"card": self.reference.encoded, "channel": self.channel, "share": share})

    @classmethod
    def decode(cls, metadata: str) -> "ShareForm":
        """Raises NotFound for what no modal of ours carries."""
        try:
            found = json.loads(metadata)
            share = Share.of(found["share"]) if found["share"] else None
            return cls(CardReference.decode(found["card"]), found["channel"], share)
        except (ValueError, KeyError, TypeError) as error:
            raise NotFound("This form is from another version of Turf. Ask again with /targets.") from error


def shared_message(card: TargetsCard, *, by: str, locale: str, settings: Settings) -> Message:
    """What everybody in the channel sees, here and in the preview: blocks that a modal can show as well.

    A total names nobody, not even who shared it.
    """
    shown = views.content(card, locale=locale, settings=settings)
    about = render("targets/share_about.mrkdwn.j2", by="" if card.sight is Sight.TOTAL else by)
    return Message(shown.text, [*shown.older, context(about, id="about")])


def ask_where(reference: CardReference) -> Modal:
    """The modal before a channel is known."""
    return _modal(ShareForm(reference), [context("Choose a channel, and you see here what it will see.", id="hint")])


def preview(form: ShareForm, card: TargetsCard, message: Message) -> Modal:
    """The modal with exactly what will be posted."""
    instead = card.sight is Sight.TOTAL and (card.subject.kind, card.subject.id) != (
        form.reference.kind,
        form.reference.id,
    )
    intro = render(
        "targets/share_intro.mrkdwn.j2", channel=form.channel, total_instead=instead, title=card.subject.name
    )
    return _modal(form, [section(intro, id="intro"), divider(), *message.blocks])


def refused(form: ShareForm, reason: str) -> Modal:
    """The modal for a channel in which nothing of the card may stand, or that the bot is not in."""
    return _modal(form, [section(render("targets/share_refused.mrkdwn.j2", reason=reason), id="intro")])


def posted(channel: str) -> Modal:
    return Modal("Share", [section(render("targets/share_posted.mrkdwn.j2", channel=channel), id="intro")])


def _modal(form: ShareForm, content: list[Block]) -> Modal:
    where = conversation(action=WHERE, placeholder="Choose a channel", chosen=form.channel)
    blocks = [field(CHANNEL, "Where", where, live=True), *content]
    return Modal("Share", blocks, submit="Post it", close="Cancel", callback=POST, metadata=form.encoded)
