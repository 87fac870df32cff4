"""Words that several sections share."""

from datetime import timedelta
from fractions import Fraction

from commands.digests.content.facts import DigestContext
from commands.kit.names import Kind
from commands.kit.sections import DigestKind
from domain.attainment import NotAvailable, Pace
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

WEEK = timedelta(days=7)


def who(context: DigestContext) -> str:
    """Whose figures these are, at the beginning of a sentence."""
    if context.kind is DigestKind.REP:
        return "You"
    if context.kind is DigestKind.MANAGER:
        return "Your team"
    return "The company" if context.subject.kind is Kind.COMPANY else name(context.subject.name)


def since(context: DigestContext) -> Mrkdwn | None:
    """`this week`, or since when, if the last digest was not a week ago; None without one."""
    if context.since is None:
        return None
    week = context.today - context.since == WEEK
    return render("digests/since.mrkdwn.j2", week=week, day=context.n.day(context.since))


def off_pace(pace: Pace | None) -> Fraction | None:
    """By what share of what was expected; None if there is nothing to take a share of."""
    return None if pace is None or isinstance(pace.ratio, NotAvailable) else abs(pace.ratio - 1)


def signed(minor: int, n: Numbers, *, exact: bool = False) -> str:
    """An amount with its sign."""
    written = n.exact(minor) if exact else n.short(minor)
    return f"+{written}" if minor > 0 else written
