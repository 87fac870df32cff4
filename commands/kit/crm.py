"""Names of deals and accounts as links to the CRM, where the workspace says how those look."""

from urllib.parse import quote

from domain.company import Settings
from templates import link, name

LINK = 400
"""A longer address, of a deal with an endless key, is left out: a page of Why? has twenty of them."""


def crm_deal(settings: Settings, key: str, called: str | None) -> str:
    """The deal's name, or its key, as a link where one is set."""
    return _linked(settings.crm_url, "{deal}", key, called)


def crm_account(settings: Settings, key: str, called: str | None) -> str:
    """The account's name, or its key, as a link where one is set."""
    return _linked(settings.crm_account_url, "{account}", key, called)


def _linked(pattern: str | None, place: str, key: str, called: str | None) -> str:
    shown = name(called or key)
    url = (pattern or "").replace(place, quote(key, safe=""))
    return link(url, shown) if 0 < len(url) <= LINK else shown
