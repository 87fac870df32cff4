"""A sample company, invented from a seed and written as import files.

Larkfield sells software in three regions, in US dollars and euros. Its people with a story:

- `REP` ana.silva holds New England, some 8 % behind pace, with a return in this quarter.
- `MANAGER` marcus.chen leads Americas East: eight reports, deals and a target of his own.
- `AHEAD` carla.romano (New York) is far ahead, `BEHIND` ben.whitaker (Mid-Atlantic) far behind.
- `NEW_HIRE` dev.kapoor took over South East some weeks ago and is ramping; `STRATEGIC` helen.zhao held it before
  and has a target of her own now, as `STRATEGIC_EUR` pieter.claes has one in euros.
- `SHARED` sam.oconnor and rosa.medina share Great Lakes half and half.
- `HANDS_OVER` walter.price gave California to `TAKES_OVER` imani.brooks in the middle of this quarter.
- `LEFT` frank.doyle is gone, and Canada (`VACANT_PATCH`) has nobody since.
- `ABSENT` nina.larsson is away with relief; `COVER` luis.ortega covers Pacific North West.
- `CHANGES_MANAGER` jonas.weber (Germany) reports to Europe South since the middle of this quarter.
- `OVERLAY` yuki.tanaka is assigned to four patches; `SPLIT_OVERLAY` noor.haddad gets overlay deal by deal.
- `OPS` olga.petrova, `LEADER` grace.adeyemi, `PARTNER` mia.fontaine (marketing, sees no figures).
"""

from bot.demo.company.bulk import BULK_MANAGER, BULK_REP, deals_only
from bot.demo.company.generator import generate
from bot.demo.company.personas import (
    AHEAD,
    BEHIND,
    CHANGES_MANAGER,
    LEADER,
    LEFT,
    MANAGER,
    NEW_HIRE,
    OPS,
    OVERLAY,
    PARTNER,
    REP,
    STRATEGIC,
    STRATEGIC_EUR,
    VACANT_PATCH,
)
from bot.demo.company.slack import slack_seed

__all__ = [
    "AHEAD",
    "BEHIND",
    "BULK_MANAGER",
    "BULK_REP",
    "CHANGES_MANAGER",
    "LEADER",
    "LEFT",
    "MANAGER",
    "NEW_HIRE",
    "OPS",
    "OVERLAY",
    "PARTNER",
    "REP",
    "STRATEGIC",
    "STRATEGIC_EUR",
    "VACANT_PATCH",
    "deals_only",
    "generate",
    "slack_seed",
]
