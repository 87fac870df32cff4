"""Changing one thing alone moves its part alone, of that deal alone, to the cent: for a person, a team, a territory, all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from commands.kit.names import COMPANY, Kind, Subject
from commands.targets.service_for_digests import Bridges, happened
from domain.bridges import Part
from domain.periods import parse_label
from domain.recommend import Want
from storage.database import Database
from storage.importing.limits import Limit
from storage.store import Repositories, Store
from tests.support.bridging import exact
from tests.support.digests import of, person, team
from tests.support.imports import open_at, take, write

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY, Q4 = NOW.date(), parse_label("2026Q4", 1)
SETTINGS = {"currency": "USD", "timezone": "UTC", "fiscal_start": 1, "business_days": [0, 1, 2, 3, 4]}
SAME = {"stage": "Demo", "expected_close_on": "2026-12-10", "status": "open", "currency": "USD", "type": "new"}
WON = {**SAME, "status": "won", "closed_on": "2026-11-04"}
ANA_S, BEN_S = {"owner": "ana", "territory": "ohio"}, {"owner": "ben", "territory": "iowa", "currency": "EUR"}
NONE = Limit(0)
DEALS: Mapping[str, Mapping[str, object]] = {
    "hooli": {**WON, **ANA_S, "amount": "1000.01"},
    "acme": {**WON, **ANA_S, "amount": "400.03"},
    "stark": {**WON, **ANA_S, "amount": "77.77"},
    "wayne": {**WON, **BEN_S, "amount": "333.33"},
    **{f"open{n}": {**SAME, **ANA_S, "amount": f"{n}0.{n}7"} for n in range(1, 9)},
    **{f"euro{n}": {**SAME, **BEN_S, "amount": f"{n}1.{n}3"} for n in range(1, 5)},
}


@dataclass
class Small:
    """A company in files that are imported again and again, each time with one thing changed."""

    database: Database
    folder: Path
    deals: dict[str, dict[str, object]] = field(default_factory=dict)
    number: int = 0

    async def found(self) -> None:
        folder = self.folder / "first"
        people = [("mona", "manager", "", "north"), ("cara", "rep", "", "south")]
        people += [(one, "rep", "mona", "north") for one in ("ana", "ben")]
        names = ("person", "role", "manager", "team")
        write(folder, "people", *({"name": one[0].title(), **dict(zip(names, one, strict=True))} for one in people))
        write(folder, "teams", *({"team": one, "name": one.title()} for one in ("north", "south")))
        parents = {"midwest": "", "ohio": "midwest", "iowa": "midwest", "texas": ""}
        write(
            folder,
            "territories",
            *({"territory": one, "name": one.title(), "parent": up} for one, up in parents.items()),
        )
        write(
            folder,
            "pipeline",
            {"stage": "Demo", "position": 1, "probability": 33},
            {"stage": "Offer", "position": 2, "probability": 66},
        )
        write(folder, "rates", {"currency": "EUR", "period": "2026-10", "rate": "1.2347"})
        await self.take(folder, *DEALS.items(), new_workspace=SETTINGS)

    async def take(self, folder: Path, *deals: tuple[str, Mapping[str, object]], **more: Any) -> None:
        for key, values in deals:
            self.deals[key] = {"deal": key, "closed_on": "", **self.deals.get(key, {}), **values}
        if deals:
            write(folder, "deals", *(self.deals[key] for key, _ in deals))
        report = await take(self.database, folder, now=NOW, max_rejects=NONE, **more)
        assert report.rolled_back is None, report

    def next(self) -> Path:
        self.number += 1
        return self.folder / str(self.number)

    async def change(self, deal: str, **values: object) -> None:
        await self.take(self.next(), (deal, values), restate=True)

    async def file(self, kind: str, *rows: Mapping[str, object], **more: Any) -> None:
        await self.take(write(self.next(), kind, *rows).parent, **more)

    async def without(self, deal: str) -> None:
        del self.deals[deal]
        await self.file("deals", *self.deals.values(), full=True)


def scopes(repo: Repositories) -> Sequence[Subject]:
    north, ana = team(repo, "North"), of(person(repo, "ana"))
    land = next(one for one in repo.company.territories.values() if one.key == "midwest")
    return [COMPANY, north, ana, Subject(Kind.TERRITORY, land.id, land.name), of(person(repo, "mona"))]


class Alone:
    """Holds each change against what it moved since the one before."""

    def __init__(self, company: Small) -> None:
        self.company, self.store, self.revision = company, Store(company.database), 0

    async def only(self, part: Part, *deals: str, of: int = 1) -> Mapping[str, Bridges]:
        """Only this part moved, in these deals, for so many of the scopes at least."""
        async with self.store.read(1) as now:
            then = await now.earlier(self.revision)
            found = {one.name: await exact(then, now, one, Q4, TODAY, TODAY) for one in scopes(now)}
            self.revision = now.revision
        moved = {
            name: one for name, one in found.items() if one.forecast and (one.credited.steps or one.forecast.steps)
        }
        for name, one in moved.items():
            assert one.forecast is not None
            for step in (*one.credited.steps, *one.forecast.steps):
                assert step.part is part, (name, step, one.deals[step.deal])
                assert one.deals[step.deal].key in deals, (name, step)
        assert len(moved) >= of, found
        return found


async def test_each_cause_moves_its_part_alone(sqlite_url: str, tmp_path: Path) -> None:
    async with open_at(sqlite_url) as database:
        company = Small(database, tmp_path)
        await company.found()
        alone = Alone(company)
        async with alone.store.read(1) as repo:
            alone.revision = repo.revision
        await company.change("open1", status="won", closed_on="2026-11-20")
        won = await alone.only(Part.WON, "open1", of=5)
        assert (won["Ana"].credited.change, won["Company"].credited.change) == (10_17, 10_17)
        await company.change("back", **{**WON, **ANA_S, "amount": "-100.03", "type": "return", "reverses": "hooli"})
        await alone.only(Part.RETURNED, "back", of=5)
        await company.change("acme", amount="500.05")
        await alone.only(Part.CORRECTED, "acme", of=5)
        await company.change("acme", closed_on="2026-09-30")
        redated = await alone.only(Part.CORRECTED, "acme", of=5)
        bridge = redated["North"].credited
        assert bridge.opening == bridge.before - 500_05 == bridge.after
        await company.change("stark", status="open", closed_on="")
        await alone.only(Part.CORRECTED, "stark", of=5)
        await company.change("hooli", owner="cara")
        await alone.only(Part.MOVED, "hooli", "back", of=3)
        await company.change("open2", owner="cara")
        await alone.only(Part.MOVED, "open2", of=3)
        await company.change("open3", territory="texas")
        await alone.only(Part.MOVED, "open3", of=1)
        await company.file(
            "splits",
            {"deal": "open4", "person": "ana", "percent": 50},
            {"deal": "open4", "person": "cara", "percent": 50},
        )
        await alone.only(Part.MOVED, "open4", of=3)
        euros = [f"euro{n}" for n in range(1, 5)]
        await company.file("rates", {"currency": "EUR", "period": "2026-11", "rate": "1.3"})
        await alone.only(Part.CURRENCY, "wayne", *euros, of=4)
        await company.change("fresh", **{**SAME, **ANA_S, "amount": "55.55"})
        await alone.only(Part.CREATED, "fresh", of=5)
        await company.change("open5", amount="61.11")
        await alone.only(Part.AMOUNT, "open5", of=5)
        await company.change("euro1", expected_close_on="2027-01-10")
        await alone.only(Part.SLIPPED, "euro1", of=4)
        await company.change("euro1", expected_close_on="2026-12-11")
        await alone.only(Part.PULLED_IN, "euro1", of=4)
        await company.change("open6", status="lost", closed_on="2026-11-22", loss_reason="price")
        await alone.only(Part.LOST, "open6", of=5)
        await company.change("open7", stage="Offer")
        await alone.only(Part.PROBABILITY, "open7", of=5)
        await company.without("open8")
        await alone.only(Part.CORRECTED, "open8", of=5)
        await company.file(
            "people", {"person": "ben", "name": "Ben", "role": "rep", "manager": "cara", "team": "south"}
        )
        await alone.only(Part.MOVED, "wayne", *euros, of=2)


async def test_what_closed_and_what_wants_attention(sqlite_url: str, tmp_path: Path) -> None:
    async with open_at(sqlite_url) as database:
        company = Small(database, tmp_path)
        await company.found()
        store = Store(database)
        async with store.read(1) as repo:
            before = repo.revision
        await company.change("open1", status="won", closed_on="2026-11-20")
        await company.change("open2", status="lost", closed_on="2026-11-22", loss_reason="price")
        await company.change("open3", status="lost", closed_on="2026-11-22", amount="")
        await company.change("open4", expected_close_on="2026-11-20")
        await company.change("open5", stage="Offer")
        await company.change("open6", expected_close_on="2027-02-01")
        # What was closed before and is otherwise now did not close again.
        await company.change("hooli", amount="2000")
        days = {"open5": "2026-11-10", "open7": "2026-11-01"}
        await company.file(
            "activities",
            *(
                {"activity": key, "deal": key, "person": "ana", "kind": "meeting", "on": day}
                for key, day in days.items()
            ),
        )
        async with store.read(1) as now:
            told = {}
            for one in scopes(now)[:3]:
                then = await now.earlier(before)
                found = await happened(then, now, one, Q4, was=date(2026, 11, 16), today=TODAY)
                assert [deal.key for deal in found.closed.won] == ["open1"]
                assert [(deal.key, deal.amount, deal.reason) for deal in found.closed.lost] == [
                    ("open2", 20_27, "price"),
                    ("open3", 0, None),
                ]
                told = {found.deals[want.deal].key: want for want in found.attention.wanting}
                assert {key: (want.want, want.amount, want.days) for key, want in told.items()} == {
                    "open4": (Want.OVERDUE, 40_47, 3),
                    "open5": (Want.QUIET, 50_57, 13),
                    "open6": (Want.SLIPPED, 60_67, 7),
                }
            nothing = await happened(None, now, scopes(now)[2], Q4, was=TODAY, today=TODAY)
            assert nothing.moved is None
            assert {want.want for want in nothing.attention.wanting} == {Want.OVERDUE, Want.QUIET}
