"""A digest of 30 blocks, from its facts to the JSON that Slack gets, beside `json.dumps` of that JSON."""

import json
import statistics
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from bench.rows import Row
from commands.kit.blocks import Block, Column, Number, actions, button, chart, context, section, table
from commands.kit.reply import Message
from templates import render
from templates.numbers import Numbers

BLOCKS = 30
ROUNDS = 200
BUDGET_MS = 2.0


def run() -> list[Row]:
    """One row: milliseconds for a message, and the budget."""
    made = _digest()
    assert len(made["blocks"]) == BLOCKS
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(_timed(_digest))
        peer.append(_timed(lambda: json.dumps(made)))
    spent, dumped = statistics.median(ours) * 1e3, statistics.median(peer) * 1e3
    what = f"a digest of {BLOCKS} blocks, rendered (json.dumps: {dumped:.2f} ms)"
    return [Row(what, f"{spent:.2f} ms", f"{BUDGET_MS:.0f} ms", spent / BUDGET_MS, 1.0)]


_AMOUNTS = count(1_234_56, 7_919)
"""Each amount is another one, so that none was written before."""


def _digest() -> dict[str, Any]:
    n = Numbers("USD")
    blocks: list[Block] = [section(_line(n, place), id=f"line{place}") for place in range(BLOCKS - 4)]
    days, amounts = [f"Nov {day}" for day in range(1, 14)], [1_000.0 * day for day in range(1, 14)]
    columns: list[Column[int]] = [
        Column("Deal", lambda row: f"Account {row}"),
        Column("What happened", lambda row: "Won"),
        Column("Change", lambda row: Number(n.units(row * 100_000), n.short(next(_AMOUNTS)))),
    ]
    blocks += [
        actions(
            button("My numbers", "digests.mine", value="1"), button("Why?", "digests.why", value="1"), id="controls"
        ),
        chart("Central: Q3 2026 so far, USD", days, {"Credited": amounts, "Target to date": amounts}, id="trend"),
        table(columns, range(1, 11), caption="What moved it: largest first", id="moves"),
        context("CRM data Mon 06:10 · parts sum to the change", id="about"),
    ]
    message = Message("Central booked $150k this week but needed $180k.", blocks).to_post()
    json.dumps(message)
    return message


def _line(n: Numbers, place: int) -> str:
    return render("digests/part.mrkdwn.j2", part="won", count=place, deal=None, change=n.short(next(_AMOUNTS)))


def _timed(what: Callable[[], object]) -> float:
    started = time.process_time()
    what()
    return time.process_time() - started
