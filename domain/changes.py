"""What operations may change of a workspace's settings, and what a value must look like."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from domain.company import Settings

EDITABLE = ("business_days", "holidays", "small_group", "new_customer_months", "crm_url", "crm_account_url")
"""Currency, time zone, fiscal start and the basis of rates are fixed: credit that is booked was counted by them."""
SMALLEST_GROUP, LARGEST_GROUP = 2, 50
LONGEST_WAIT = 120
LONGEST_URL = 500


def settings_from_words(
    *,
    business_days: Sequence[str],
    holidays: str,
    small_group: str,
    new_customer_months: str,
    crm_url: str,
    crm_account_url: str,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings as stored, and what is wrong with those that can't be, by name. Weekdays are `0` (Monday) to `6`."""
    wrong: dict[str, str] = {}
    if not business_days:
        wrong["business_days"] = "Choose at least one day: targets are spread over business days."
    if not (small_group.isascii() and small_group.isdigit() and SMALLEST_GROUP <= int(small_group) <= LARGEST_GROUP):
        wrong["small_group"] = f"Write a whole number from {SMALLEST_GROUP} to {LARGEST_GROUP}."
    months = new_customer_months
    if months and not (months.isascii() and months.isdigit() and 1 <= int(months) <= LONGEST_WAIT):
        wrong["new_customer_months"] = f"Write a number of months from 1 to {LONGEST_WAIT}, or nothing."
    for name, value, part in (("crm_url", crm_url, "{deal}"), ("crm_account_url", crm_account_url, "{account}")):
        if value and (problem := _wrong_url(value, part)):
            wrong[name] = problem
    if wrong:
        return {}, wrong
    return {
        "business_days": sorted(int(day) for day in business_days),
        "holidays": holidays or None,
        "small_group": int(small_group),
        "new_customer_months": int(months) if months else None,
        "crm_url": crm_url or None,
        "crm_account_url": crm_account_url or None,
    }, {}


def _wrong_url(value: str, part: str) -> str | None:
    try:
        address = urlsplit(value)
        named = address.hostname
    except ValueError:
        named = None
        address = urlsplit("")
    if address.scheme != "https" or not named or len(value) > LONGEST_URL or any(mark in value for mark in " <>|\"'"):
        return f"Write an address that begins with https:// and has {part} in it."
    if part not in value:
        return f"Where does the key go? Put {part} into the address."
    return None


def stored(settings: Settings) -> dict[str, Any]:
    """The settings that may be changed, in the form in which they are stored."""
    values: dict[str, Any] = {name: getattr(settings, name) for name in EDITABLE}
    return {**values, "business_days": sorted(settings.business_days)}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the settings that are not the same."""
    return [name for name in EDITABLE if before.get(name) != after.get(name)]
