"""What a territory's map shows, in words and places. A picture takes no mark-up, so its words are here and in no template.

All who may see a territory's figures see the same map. Its neighbours are pale, each account as small as any other.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from commands.territories.card import holders
from commands.territories.named import branch
from domain.company import AssignmentRole, Territory, TerritoryId
from domain.maps.picture import GROUPS, Picture, Point
from domain.maps.placing import Placed, Where, placed
from domain.maps.projection import Place
from domain.maps.view import framed
from domain.money import exponent
from domain.potential import AccountFacts
from storage.account_facts import account_facts
from storage.store import Repositories
from templates import name
from templates.numbers import Numbers

NOBODY = "Nobody"


async def picture_of(repo: Repositories, territory: Territory, *, today: date, locale: str) -> Picture | None:
    """The map of a territory with everything below it; None if the place of no account is known.

    Its neighbours are the other territories with the same parent.
    """
    facts = await account_facts(repo, branch(repo, territory), today)
    siblings = [one for one in repo.company.territories.values() if one.parent == territory.parent and one != territory]
    around = set().union(*(branch(repo, one) for one in siblings))
    others = await account_facts(repo, around, today) if around else []
    places = placed([*facts, *others])
    shown = [one for one in facts if one.id in places]
    if not shown:
        return None
    n = Numbers(repo.settings.currency, locale)
    owners = owners_of(repo, {one.territory for one in facts if one.territory is not None}, today)
    order = [who for who, _ in _counted(facts, owners)]
    amount, measure = _measure(shown)
    most = max(map(amount, shown)) or 1
    return Picture(
        title=name(territory.name),
        subtitle=f"{_accounts(len(facts))} on {n.full_day(today)}",
        points=tuple(_point(one, places[one.id], owners, order, amount(one) / most) for one in shown),
        pale=tuple(places[one.id].place for one in others if one.id in places and places[one.id].where is Where.EXACT),
        groups=tuple(_legend(facts, owners)),
        pale_label=_neighbours(repo, territory) if others else "",
        size_label=f"Size: {measure}" if measure else "",
        sizes=tuple(_sizes(most, n)) if measure else (),
        notes=(*_notes(facts, places), *_far([places[one.id].place for one in shown])),
    )


def owners_of(repo: Repositories, territories: set[TerritoryId], today: date) -> Mapping[TerritoryId, str]:
    """Who holds each territory as primary, by name."""
    return {one: _owner(repo, one, today) for one in territories}


def _owner(repo: Repositories, territory: TerritoryId, today: date) -> str:
    primaries = [one for one in holders(repo, territory, today) if one.role is AssignmentRole.PRIMARY]
    return ", ".join(name(one.name) for one in primaries) or NOBODY


def _counted(facts: Sequence[AccountFacts], owners: Mapping[TerritoryId, str]) -> list[tuple[str, int]]:
    """Owners with their numbers of accounts, the most first."""
    counts = Counter(owners[one.territory] for one in facts if one.territory is not None)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _legend(facts: Sequence[AccountFacts], owners: Mapping[TerritoryId, str]) -> list[str]:
    """A line for each owner, and one for the rest."""
    counted = _counted(facts, owners)
    rest = counted[GROUPS:] if len(counted) > GROUPS + 1 else []
    lines = [f"{who}: {count:,}" for who, count in counted[: len(counted) - len(rest)]]
    return [*lines, f"{len(rest)} others: {sum(count for _, count in rest):,}"] if rest else lines


def _point(
    one: AccountFacts, at: Placed, owners: Mapping[TerritoryId, str], order: Sequence[str], size: float
) -> Point:
    assert one.territory is not None
    return Point(at.place, max(0.0, size), order.index(owners[one.territory]), exact=at.where is Where.EXACT)


def _measure(shown: Sequence[AccountFacts]) -> tuple[Callable[[AccountFacts], int], str]:
    """What the size of a mark says: the potential, where none is known what was bought, else nothing."""
    if any(one.potential for one in shown):
        return (lambda one: one.potential or 0), "potential a year"
    if any(one.bought > 0 for one in shown):
        return (lambda one: max(0, one.bought)), "bought in 12 months"
    return (lambda _: 1), ""


def _sizes(most: int, n: Numbers) -> list[tuple[float, str]]:
    """Two round amounts: one near the greatest, and a fifth of it."""
    unit = 10 ** exponent(n.currency)
    great = max(1, _round_down(most // unit)) * unit
    amounts = [great, great // 5] if great // unit >= 5 else [great]
    return [(amount / most, n.short(amount)) for amount in amounts]


def _round_down(whole: int) -> int:
    """The greatest 1, 2 or 5 times a power of ten that is no greater."""
    power = 10 ** max(0, len(str(whole)) - 1)
    return max((step * power for step in (1, 2, 5) if step * power <= whole), default=0)


def _neighbours(repo: Repositories, territory: Territory) -> str:
    above = repo.company.territories.get(territory.parent) if territory.parent is not None else None
    return f"others in {name(above.name)}" if above else "other territories"


def _notes(facts: Sequence[AccountFacts], places: Mapping[int, Placed]) -> list[str]:
    """What is not exact, and what is missing."""
    found = Counter(places[one.id].where if one.id in places else None for one in facts)
    notes = [
        f"{_have(found[where])} no coordinates: hollow, about the middle of {_whose(found[where])} {where}."
        for where in (Where.REGION, Where.COUNTRY)
        if found[where]
    ]
    if found[None]:
        notes.append(f"{_have(found[None])} neither coordinates nor a known country: not shown.")
    return notes


def _far(shown: Sequence[Place]) -> list[str]:
    """What would make the picture too small is not in it."""
    far = framed(shown).count(False)
    return (
        [f"{_accounts(far)} far from the others {'is' if far == 1 else 'are'} outside of the picture."] if far else []
    )


def _accounts(count: int) -> str:
    return f"{count:,} {'account' if count == 1 else 'accounts'}"


def _have(count: int) -> str:
    return f"{_accounts(count)} {'has' if count == 1 else 'have'}"


def _whose(count: int) -> str:
    return "its" if count == 1 else "their"
