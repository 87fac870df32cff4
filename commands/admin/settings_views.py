"""The modal of `/turf settings`."""

import json
from collections.abc import Mapping
from typing import Any

from commands.admin.settings import Saved
from commands.kit.blocks import section
from commands.kit.call import View
from commands.kit.inputs import Filled, checkboxes, field, text
from commands.kit.reply import Modal
from domain.changes import stored
from domain.company import Settings
from templates import render

SAVE = "admin.settings"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORDS = {
    "business_days": "business days",
    "holidays": "holidays",
    "small_group": "smallest group",
    "new_customer_months": "new customers",
    "crm_url": "link to a deal",
    "crm_account_url": "link to an account",
}


def settings_modal(settings: Settings) -> Modal:
    """What may be changed, filled in as it is; what is fixed stands above."""
    days = checkboxes(
        {str(number): name for number, name in enumerate(WEEKDAYS)},
        chosen=[str(number) for number in settings.business_days],
    )
    blocks = [
        section(render("admin/settings_fixed.mrkdwn.j2", settings=settings), id="fixed"),
        field("business_days", "Business days", days),
        field(
            "holidays",
            "Holidays",
            text(initial=settings.holidays or "", placeholder="US, DE-BY, or a calendar that you import", most=100),
            hint="No business days. Empty: none.",
            optional=True,
        ),
        field(
            "small_group",
            "Smallest group whose total may be shown",
            text(initial=str(settings.small_group), most=3),
            hint="A total of fewer people would give someone's own figure away.",
        ),
        field(
            "new_customer_months",
            "Months after which an account is a new customer again",
            text(initial=str(settings.new_customer_months or ""), most=3),
            hint="Without a won deal for so long. Empty: an account is new once.",
            optional=True,
        ),
        field(
            "crm_url",
            "Link to a deal in your CRM",
            text(initial=settings.crm_url or "", placeholder="https://crm.example.com/deals/{deal}", most=500),
            optional=True,
        ),
        field(
            "crm_account_url",
            "Link to an account in your CRM",
            text(
                initial=settings.crm_account_url or "",
                placeholder="https://crm.example.com/accounts/{account}",
                most=500,
            ),
            optional=True,
        ),
    ]
    return Modal(
        "Settings", blocks, submit="Save", close="Cancel", callback=SAVE, metadata=json.dumps(stored(settings))
    )


def filled(view: View) -> dict[str, Any]:
    """What was entered, by the names of the settings."""
    entered = Filled.of(view)
    words = {name: entered.one(name) for name in WORDS if name != "business_days"}
    return {**words, "business_days": entered.several("business_days")}


def seen(view: View) -> Mapping[str, Any]:
    """The settings as the modal showed them when it was opened."""
    found: Mapping[str, Any] = json.loads(view.metadata)
    return found


def saved_modal(saved: Saved) -> Modal:
    changed = [WORDS[name] for name in saved.changed]
    return Modal("Settings", [section(render("admin/settings_saved.mrkdwn.j2", changed=changed))])
