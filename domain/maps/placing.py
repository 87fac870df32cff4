"""Where an account is shown: at its coordinates, else about the middle of its region or country, said so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from domain.holdings import AccountId
from domain.maps.outlines import countries, states
from domain.maps.projection import Place, middle_of
from domain.potential import AccountFacts

USPS = (
    "AL01 AK02 AZ04 AR05 CA06 CO08 CT09 DE10 DC11 FL12 GA13 HI15 ID16 IL17 IN18 IA19 KS20 KY21 LA22 ME23 MD24 MA25 MI26 "
    "MN27 MS28 MO29 MT30 NE31 NV32 NH33 NJ34 NM35 NY36 NC37 ND38 OH39 OK40 OR41 PA42 RI44 SC45 SD46 TN47 TX48 UT49 VT50 "
    "VA51 WA53 WV54 WI55 WY56 PR72"
)
"""The states' letters and the census' numbers of them."""


class Where(StrEnum):
    """How exactly an account's place is known."""

    EXACT = "exact"
    REGION = "region"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Placed:
    place: Place
    where: Where


def placed(accounts: Iterable[AccountFacts]) -> dict[AccountId, Placed]:
    """The place of each account; those of which nothing is known are left out.

    The middle of a region is that of the state (US), else that of the other accounts in the region that have coordinates.
    """
    known = list(accounts)
    exact = {one.id: place for one in known if (place := coordinates(one)) is not None}
    regions = _regions(known, exact)
    found: dict[AccountId, Placed] = {}
    for one in known:
        if one.id in exact:
            found[one.id] = Placed(exact[one.id], Where.EXACT)
        elif (region := _region(one, regions)) is not None:
            found[one.id] = Placed(region, Where.REGION)
        elif (country := country_centre(one.country)) is not None:
            found[one.id] = Placed(country, Where.COUNTRY)
    return found


def coordinates(account: AccountFacts) -> Place | None:
    """None for what is no place on the globe, and for 0, 0, which stands for "unknown" in many an export."""
    latitude, longitude = account.latitude, account.longitude
    if latitude is None or longitude is None or (latitude, longitude) == (0.0, 0.0):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _regions(accounts: Iterable[AccountFacts], exact: Mapping[AccountId, Place]) -> dict[tuple[str, str], Place]:
    groups: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for one in accounts:
        if one.id in exact and one.region:
            groups[_key(one.country, one.region)].append(exact[one.id])
    return {key: middle_of(places) for key, places in groups.items()}


def _region(account: AccountFacts, regions: Mapping[tuple[str, str], Place]) -> Place | None:
    if not account.region:
        return None
    key = _key(account.country, account.region)
    return _state_centres().get(key[1]) if key[0] == "us" and key[1] in _state_centres() else regions.get(key)


def _key(country: str | None, region: str) -> tuple[str, str]:
    return (country or "").strip().casefold(), region.strip().casefold()


@cache
def _state_centres() -> Mapping[str, Place]:
    letters = {entry[2:]: entry[:2].casefold() for entry in USPS.split()}
    names = {one.name.casefold(): one.middle for one in states()}
    return names | {letters[one.id]: one.middle for one in states() if one.id in letters}


def country_centre(code: str | None) -> Place | None:
    """The middle of a country's largest part, by its two letters (ISO 3166)."""
    return _country_centres().get((code or "").strip().upper())


@cache
def _country_centres() -> Mapping[str, Place]:
    from babel.core import get_global

    letters = get_global("territory_aliases")
    return {letters[one.id][0]: one.middle for one in countries() if one.id in letters}
