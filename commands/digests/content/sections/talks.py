"""For who leads: one question to ask each person, and where the risks are."""

from dataclasses import dataclass

from commands.digests.content.facts import DigestContext
from commands.digests.content.sections.details import behind_first, pace_words, seen_rows, who_is
from commands.digests.content.sections.movement import label
from commands.digests.content.story import Deal
from commands.digests.content.words import off_pace
from commands.kit import Lines, section
from commands.kit.blocks import paragraphs
from commands.kit.sections import DigestKind
from domain.attainment import Pace
from domain.recommend import Wanting
from domain.scorecard import Score, ScoreKind
from storage.store import Repositories
from templates import Mrkdwn, render

ASKED = 20
"""So many people one question each is offered for."""
RISKS = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """What to ask someone about: a deal that wants attention, if they have one."""

    row: Score
    deal: Deal | None
    wanting: Wanting | None


@section("ask", order=80, audience=frozenset({DigestKind.MANAGER}), title="One question to ask each")
async def ask_each(context: DigestContext, repo: Repositories) -> Lines | None:
    """In the thread; who is furthest behind comes first."""
    people = [row for row in seen_rows(context) if row.subject.kind in (ScoreKind.PERSON, ScoreKind.GROUP)]
    others = [row for row in behind_first(people) if context.reader is None or row.subject.id != context.reader.id]
    if not others:
        return None
    questions = [_question(context, _topic(context, row)) for row in others[:ASKED]]
    intro = render("digests/ask_all.mrkdwn.j2", count=len(questions))
    return Lines(thread=paragraphs([intro, *questions], id="ask")[0])


def _topic(context: DigestContext, row: Score) -> Topic:
    """Of the deals that want attention the largest of theirs."""
    story = context.story
    theirs = [
        (one, story.deals[one.deal])
        for one in (story.wanting if story else ())
        if story and one.deal in story.deals and story.deals[one.deal].owner == row.subject.id
    ]
    if not theirs:
        return Topic(row, None, None)
    wanting, deal = max(theirs, key=lambda found: (found[0].amount, -found[0].deal))
    return Topic(row, deal, wanting)


def _question(context: DigestContext, topic: Topic) -> Mrkdwn:
    pace = topic.row.standing.pace
    return render(
        "digests/question.mrkdwn.j2",
        n=context.n,
        who=who_is(topic.row),
        share=off_pace(pace) if isinstance(pace, Pace) else None,
        amount=pace.amount if isinstance(pace, Pace) else None,
        deal=label(context, topic.deal) if topic.deal else None,
        wanting=topic.wanting,
        has_target=bool(topic.row.standing.target),
    )


@section("risks", order=80, audience=frozenset({DigestKind.LEADERSHIP}), title="Risks")
async def risks(context: DigestContext, repo: Repositories) -> Lines | None:
    """The teams or territories furthest behind pace."""
    behind = [row for row in behind_first(seen_rows(context)) if _is_behind(row)]
    if not behind:
        return None
    named = [(who_is(row), pace_words(row, context.n)) for row in behind[:RISKS]]
    words = render("digests/risks.mrkdwn.j2", rows=named, more=len(behind) - len(named), all=len(seen_rows(context)))
    return Lines(words)


def _is_behind(row: Score) -> bool:
    pace = row.standing.pace
    return isinstance(pace, Pace) and pace.amount < 0
