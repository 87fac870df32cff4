"""A digest as two messages: the head in the channel, everything else in its thread; and what its buttons answer."""

from collections.abc import Collection, Mapping

from commands.digests.buttons import MY_NUMBERS, OF_CHANNELS, OF_PEOPLE, WHY
from commands.digests.content.model import Ask, Digest
from commands.digests.content.sections.details import pace_words
from commands.kit import Block, Message
from commands.kit.blocks import action_menu, actions, button, context, section
from commands.kit.rerun import run_button
from commands.kit.sections import DigestKind
from commands.targets.service_for_digests import OwnNumbers
from domain.company import Settings
from domain.periods import Period
from templates import Mrkdwn, render
from templates.numbers import Numbers

DO = "do"
"""What to do stands apart."""


def head(digest: Digest, *, offered: Collection[str] = ()) -> Message:
    """At most nine lines; the notification is the headline alone. `offered` are the actions of its menu that work."""
    lines = [line.words for line in digest.lines if line.key != DO]
    do = [line.words for line in digest.lines if line.key == DO]
    said = [section(Mrkdwn("\n".join(some)), id=key) for key, some in (("lines", lines), (DO, do)) if some]
    blocks = [
        section(digest.headline, id="headline"),
        *said,
        *_controls(digest, offered),
        context(digest.about, id="about"),
    ]
    return Message(_plain(digest.headline), blocks)


def thread(digest: Digest) -> Message | None:
    """What did not fit into the head; None if that was all."""
    if not digest.thread:
        return None
    return Message(_plain(digest.headline), digest.thread, fallback=digest.older)


def _plain(headline: Mrkdwn) -> Mrkdwn:
    return Mrkdwn(headline.replace("*", ""))


def _controls(digest: Digest, offered: Collection[str]) -> list[Block]:
    """None in a preview, which nobody can ask about."""
    if digest.carried is None:
        return []
    mine, why = button("My numbers", MY_NUMBERS, value=digest.carried), button("Why?", WHY, value=digest.carried)
    choices: Mapping[str, str] = OF_CHANNELS if digest.kind is DigestKind.CHANNEL else OF_PEOPLE
    about = digest.subscription
    menu = {action: (label, about) for action, label in choices.items() if action in offered} if about else {}
    return [actions(mine, why, *([action_menu(menu)] if menu else []), id="controls")]


def my_numbers(own: OwnNumbers, ask: Ask, period: Period, *, locale: str, settings: Settings) -> Message:
    """The card as it was, what it is now, and the way to all of it. The notification has no figure in it."""
    n = Numbers(settings.currency, locale)
    intro = render("digests/mine_intro.mrkdwn.j2", day=n.day(ask.today))
    now = render(
        "digests/mine.mrkdwn.j2",
        n=n,
        was=own.was,
        now=own.now.score.standing,
        pace=pace_words(own.now.score, n),
        period=period,
    )
    more = actions(run_button("Open my card", "/targets", period.label), id="more")
    return Message(intro, [context(intro, id="intro"), *own.blocks, section(now, id="now"), more])
