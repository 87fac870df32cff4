"""The same people as users and channels of the local workspace."""

from datetime import date
from typing import Any

from bot.demo.company import personas
from bot.demo.company.generator import make_world
from bot.demo.company.land import AREA, PATCH, REGIONS
from bot.demo.company.people import Org, Person

TEAM_ID = "T0001"
_OTHER_TEAM = "T0999"
_LOCALES = {"Europe/Berlin": "de-DE", "Europe/Paris": "fr-FR", "Asia/Tokyo": "ja-JP", "Australia/Sydney": "en-AU"}
_TITLES = {"leader": "Leader", "manager": "Manager", "ops": "Sales operations", "partner": "Partner", "rep": "Rep"}

User = dict[str, str | bool]
Channel = dict[str, str | bool | list[str]]


def _label(person: Person) -> str:
    slot = person.slot.key
    where = PATCH[slot].name if slot in PATCH else person.slot.team.replace("-", " ").title()
    return f"{_TITLES[person.slot.role]}, {where}"


def _user(user_id: str, key: str, real_name: str, timezone: str, label: str) -> User:
    return {
        "id": user_id,
        "name": key,
        "real_name": real_name,
        "email": f"{key}@{personas.COMPANY.lower()}.example",
        "tz": timezone,
        "locale": _LOCALES.get(timezone, "en-US"),
        "is_restricted": False,
        "is_ultra_restricted": False,
        "team_id": TEAM_ID,
        "deleted": False,
        "role_label": label,
    }


def _staff(person: Person) -> User:
    user = _user(person.slack_id, person.key, person.name, person.slot.timezone, _label(person))
    return {**user, "deleted": person.left_on is not None}


def _strangers() -> list[User]:
    """A guest, a deactivated user, one of another organisation and a member, none of whom is in `people`."""
    utc = "Etc/UTC"
    guest = _user("U0901", "gail.guest", "Gail Guest", utc, "Guest of one channel")
    gone = _user("U0902", "dora.gone", "Dora Gone", utc, "Deactivated")
    other = _user("U0903", "oscar.outside", "Oscar Outside", utc, "Other organisation")
    unknown = _user("U0904", "nora.newcomer", "Nora Newcomer", utc, "Not in people")
    return [
        {**guest, "is_restricted": True, "is_ultra_restricted": True},
        {**gone, "deleted": True},
        {**other, "team_id": _OTHER_TEAM, "email": "oscar@outside.example"},
        unknown,
    ]


def _regional(org: Org, region: str) -> list[str]:
    teams = {region} | {key for key, area in AREA.items() if area.region.key == region}
    return [p.slack_id for p in org.people if p.slot.team in teams and p.left_on is None]


def _channel(number: int, name: str, topic: str, members: list[str], *, private: bool = False) -> Channel:
    return {"id": f"C{number:04d}", "name": name, "is_private": private, "members": members, "topic": topic}


def _channels(org: Org) -> list[Channel]:
    staff = [person.slack_id for person in org.people if person.left_on is None]
    ops = [person.slack_id for person in org.people if person.slot.role == "ops"]
    deciders = [person.slack_id for person in org.people if person.slot.role in ("manager", "leader", "ops")]
    channels = [_channel(1, "general", "Everyone", [*staff, "U0901", "U0904"])]
    for number, region in enumerate(REGIONS, 2):
        outside = ["U0903"] if region is REGIONS[-1] else []
        members = [*_regional(org, region.key), *ops, *outside]
        channels.append(_channel(number, region.key, f"Sales in {region.name}", members))
    return [*channels, _channel(5, "sales-managers", "Managers and operations", deciders, private=True)]


def slack_seed(today: date, seed: int = 7) -> dict[str, Any]:
    """Team, users and channels of the local workspace for the company that `generate` writes.

    Users have the ids and e-mail addresses of `people`; four more are in the workspace only. The caller adds the app.
    """
    org = make_world(today, seed).org
    team = {"id": TEAM_ID, "name": personas.COMPANY, "domain": personas.COMPANY.lower()}
    return {"team": team, "users": [*map(_staff, org.people), *_strangers()], "channels": _channels(org)}
