"""Where an account is, as blocks; the words are in templates/territories."""

from collections.abc import Iterator

from commands.kit import Message
from commands.kit.blocks import Control, actions, button, section
from commands.territories.card_views import days, said
from commands.territories.controls import OPEN
from commands.territories.find import Found
from domain.company import AssignmentRole
from domain.territories.why import Claim
from templates import Mrkdwn, clip, name, render
from templates.numbers import Numbers

CLAIMS = 12
"""So many claims are named; the rest are counted."""
OPENED = 3
"""So many territories can be opened from one account."""
LABEL = 60


def found_message(found: Found, *, currency: str, locale: str) -> Message:
    """The territory, who holds it, what decided that and what it beat."""
    n = Numbers(currency, locale)
    words = render(
        "territories/find.mrkdwn.j2",
        found=found,
        account=name(found.account.name),
        key=name(found.account.key),
        territory=name(found.territory.name) if found.territory else "",
        held=said(found.holders, n),
        covered=", ".join(name(one.name) for one in found.holders if one.role is AssignmentRole.COVER),
        decided=[_claim(one, found, n) for one in found.why.decided[:CLAIMS]],
        beaten=[_claim(one, found, n) for one in found.why.beaten[:CLAIMS]],
        more=max(len(found.why.beaten) - CLAIMS, 0),
        rivals=[name(found.territories[one].name) for one in found.why.holding.rivals],
        facts=_facts(found),
    )
    controls = list(_opening(found))
    blocks = [section(words, id="found"), *([actions(*controls, id="open")] if controls else [])]
    where = f"in {name(found.territory.name)}" if found.territory else "in no territory"
    return Message(f"{name(found.account.name)} is {where}.", blocks)


def _claim(claim: Claim, found: Found, n: Numbers) -> Mrkdwn:
    above = found.others.get(claim.pinned) if claim.pinned is not None else None
    return render(
        "territories/claim.mrkdwn.j2",
        claim=claim,
        territory=name(found.territories[claim.territory].name),
        above=name(above.name) if above else "",
        rule=name(claim.rule),
        days=days(claim.span.start, claim.span.end, n),
    )


def _facts(found: Found) -> str:
    """What rules look at of the account, where that is shown."""
    facts = found.facts
    if facts is None:
        return ""
    known = [facts.country, facts.region, facts.postal_code, facts.industry]
    said = [name(one) for one in known if one]
    return ", ".join([*said, *([f"{facts.employees} employees"] if facts.employees is not None else [])])


def _opening(found: Found) -> Iterator[Control]:
    """The territory's card; of an overlap those of the rivals."""
    ids = [found.territory.id] if found.territory else list(found.why.holding.rivals)
    for one in ids[:OPENED]:
        label = clip(f"Open {name(found.territories[one].name)}", LABEL)
        yield button(label, f"{OPEN}:{one}", value=str(one))
