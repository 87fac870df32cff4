"""Zones whose clocks change in every way there is, each with a year of such changes, and the times that these hit."""

from datetime import time

ZONES = {
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "America/Santiago": 2026,
    "America/Havana": 2026,
    "Asia/Beirut": 2026,
    "Africa/Cairo": 2026,
    "Australia/Lord_Howe": 2026,
    "Asia/Kolkata": 2026,
    "Pacific/Apia": 2011,
}
TIMES = [time(0), time(0, 30), time(2, 30), time(9)]
