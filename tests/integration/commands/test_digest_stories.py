"""What a digest tells of single deals, in its lines, its thread and Why?: exact, and never of who is out of sight."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

import commands.digests
from bot.demo.company import AHEAD, LEADER, MANAGER, PARTNER, REP
from commands.digests import explaining, views
from commands.digests.buttons import MUTE, PAUSE
from commands.digests.content import Ask, Digest, compose, make
from commands.digests.content.making import period_of
from commands.digests.content.sending import number_of, stored
from commands.digests.explaining import Part, WhyPage
from commands.kit.outgoing import Audience, Dropped, Sending
from commands.kit.registry import Registry
from commands.kit.reply import Message
from commands.kit.sections import DigestKind
from commands.targets.service_for_digests import own_numbers
from domain.errors import NotAllowed, NotFound
from domain.money import to_decimal
from domain.shapley import Factors
from storage.database import Database
from storage.store import Repositories, Store
from tests.support.digests import PUBLIC, in_channel, made_then, of, person, private, sections, store, team, to
from tests.support.sample import NOW, TODAY
from tests.support.stories import Told, rich


@pytest.fixture
async def database(sample_url: str) -> AsyncIterator[Database]:
    database = Database(sample_url)
    yield database
    await database.close()


async def told(repo: Repositories, ask: Ask, audience: Audience, teller: Told) -> Digest:
    made = await make(repo, ask, sections())
    found = await compose(repo, ask, made, audience, sections(), teller=teller)
    assert not isinstance(found, Dropped), found.reason
    return found


async def rich_digest(repo: Repositories, *, teller: Told | None = None) -> Digest:
    """That of a team, for its manager and a leader."""
    ask = in_channel(team(repo, "Americas East"), TODAY, number=1)
    ask = replace(ask, compared=await made_then(repo, ask))
    manager = person(repo, MANAGER)
    return await told(repo, ask, private(manager, person(repo, LEADER)), teller or rich(manager.id))


def words(digest: Digest) -> dict[str, str]:
    return {line.key: line.words for line in digest.lines}


async def test_the_parts_of_what_moved_sum_to_the_change(database: Database) -> None:
    async with Store(database).read(1) as repo:
        said = words(await rich_digest(repo))
        assert (
            said["why"]
            == "*Why it moved:* 6 wins +$180k, Hooli return -$14k, Initech &lt;!channel&gt; ∗x∗ corrected -$20k = +$146k."
        )
        assert (
            "2 deals slipped out -$140k, Account 6 new +$60k = -$80k" in said["forecast"]
            or "Account 6 new +$60k, 2 deals slipped out -$140k = -$80k" in said["forecast"]
        )
        assert (
            said["won_lost"] == "*Won and lost:* largest win Account 6 $60k; 3 lost ($96k): price 2, no reason given 1."
        )
        assert said["do"].endswith(
            "book next steps on Wayne ($85k) and Stark ($60k): late stage, no activity for 12 days."
        )


async def test_the_head_has_at_most_nine_lines_and_the_thread_the_rest(database: Database) -> None:
    async with Store(database).read(1) as repo:
        digest = await rich_digest(repo)
        head = views.head(digest).to_post()["blocks"]
        text = [block["text"]["text"] for block in head if block["type"] == "section"]
        assert sum(len(one.splitlines()) for one in text) + 1 <= 9
        below = views.thread(digest)
        assert below is not None
        kinds = {plain: [block["type"] for block in below.to_post(plain=plain)["blocks"]] for plain in (False, True)}
        assert {"data_table", "data_visualization"} <= set(kinds[False])
        assert not {"data_table", "data_visualization"} & set(kinds[True])


async def test_the_menu_offers_what_somebody_answers(database: Database) -> None:
    number = await kept(database)
    async with Store(database).read(1) as repo:
        leader = person(repo, LEADER)
        ask, made = await stored(repo, number)
        digest = await compose(repo, ask, made, private(leader), sections())
        assert isinstance(digest, Digest)
        for offered, shown in (([], False), ([PAUSE], True)):
            words = json.dumps(views.head(digest, offered=offered).to_post())
            assert (f"{PAUSE}|{number}" in words) is shown
            assert MUTE not in words


async def test_from_thirty_closed_deals_on_three_factors_are_told_apart_with_a_note(database: Database) -> None:
    async with Store(database).read(1) as repo:
        teller = rich(person(repo, MANAGER).id)
        assert "Told apart" not in json.dumps(thread_of(await rich_digest(repo, teller=teller)))
        teller.apart = Factors(volume=30_000_00, win_rate=-10_000_00, size=0, deals=31)
        below = json.dumps(thread_of(await rich_digest(repo, teller=teller)))
        assert (
            "wins differ by +$20k: +$30k from how many deals closed, -$10k from the win rate, $0 from the size" in below
        )
        assert "Told apart only from 30 closed deals on; here at least 31 each time." in below


def thread_of(digest: Digest) -> object:
    below = views.thread(digest)
    return below.to_post() if below else None


async def test_who_is_out_of_sight_is_one_line_without_a_name(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager, elsewhere = person(repo, MANAGER), person(repo, LEADER)
        ask = to(manager, DigestKind.MANAGER, of(manager), TODAY)
        ask = replace(ask, compared=await made_then(repo, ask))
        teller = rich(person(repo, REP).id, other=elsewhere.id)
        digest = await told(repo, ask, private(manager), teller)
        below = views.thread(digest)
        assert below is not None
        shown = json.dumps([views.head(digest).to_post(), below.to_post(), below.to_post(plain=True)])
        assert "Hooli" not in shown
        assert "moved elsewhere -$14k" in words(digest)["why"]


async def test_where_only_totals_are_told_no_deal_is_looked_up(database: Database) -> None:
    async with Store(database).read(1) as repo:
        teller = rich(person(repo, REP).id)
        digest = await told(repo, in_channel(team(repo, "Americas East"), TODAY), PUBLIC, teller)
        assert digest.is_total
        assert not teller.asked
        assert {line.key for line in digest.lines} == {"standing", "to_go"}
        assert not digest.thread


async def test_a_channel_never_ranks_people_and_a_manager_gets_a_question_for_each(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager = person(repo, MANAGER)
        team_digest = await rich_digest(repo)
        names = [one.name for one in repo.company.people.values()]
        assert not any(name in json.dumps(views.thread(team_digest).to_post()) for name in names)  # type: ignore[union-attr]
        ask = to(manager, DigestKind.MANAGER, of(manager), TODAY)
        digest = await told(repo, ask, private(manager), rich(person(repo, REP).id))
        questions = json.dumps(views.thread(digest).to_post(), ensure_ascii=False)  # type: ignore[union-attr]
        assert f"*{person(repo, REP).name}*, " in questions
        assert "What is the next step on Wayne ($85k)?" in questions
        assert f"*{manager.name}*, " not in questions


@pytest.mark.parametrize("kind", [DigestKind.REP, DigestKind.LEADERSHIP])
async def test_a_muted_section_is_left_out(database: Database, kind: DigestKind) -> None:
    async with Store(database).read(1) as repo:
        reader = person(repo, REP if kind is DigestKind.REP else LEADER)
        subject = of(reader) if kind is DigestKind.REP else None
        ask = to(reader, kind, subject, TODAY, hidden=frozenset({"coverage", "headline"}))
        digest = await told(repo, ask, private(reader), rich(reader.id))
        assert "coverage" not in words(digest)
        assert digest.headline.startswith("*You" if kind is DigestKind.REP else "*The company")


# Buttons


async def kept(database: Database, *, by: str = MANAGER) -> int:
    """A digest of a team that was posted; its number."""
    async with Store(database).read(1) as repo:
        ask = in_channel(team(repo, "Americas East"), TODAY)
        before = await make(repo, ask, sections())
        made = await make(repo, ask, sections())
    first = await store(database, ask, before)
    return await store(database, ask, made, compared_with=first)


async def test_why_shows_each_deal_exactly_and_they_sum_to_the_change(database: Database) -> None:
    number = await kept(database)
    async with Store(database).read(1) as repo:
        manager = person(repo, MANAGER)
        for teller in (rich(manager.id), rich(manager.id, other=person(repo, LEADER).id)):
            for part in (Part.CREDITED, Part.FORECAST):
                page = WhyPage(number, part)
                found = await explaining.explain(repo, page, by=manager, today=TODAY, locale="en-US", teller=teller)
                shown = json.dumps(explaining.why_modal(found).to_json(), ensure_ascii=False)
                bridge = teller.credited if part is Part.CREDITED else teller.forecast
                amounts = re.findall(r'"\*([+-])\$([\d,]+\.\d\d)\*  ', shown)
                total = sum(float(sign + amount.replace(",", "")) for sign, amount in amounts)
                assert bridge is not None
                assert total == float(to_decimal(bridge.change, "USD"))
            assert ("Hooli" in shown or "moved elsewhere" in shown) is (part is Part.CREDITED)


async def test_why_says_which_rule_chose_and_what_it_looked_at(database: Database) -> None:
    number = await kept(database)
    async with Store(database).read(1) as repo:
        manager = person(repo, MANAGER)
        page = WhyPage.decode(WhyPage(number, Part.ACTION).encoded)
        found = await explaining.explain(repo, page, by=manager, today=TODAY, locale="en-US", teller=rich(manager.id))
        shown = json.dumps(explaining.why_modal(found).to_json())
        assert "late stage without any activity" in shown
        assert "2 deals that want attention" in shown
        assert "working days left" in shown


@pytest.mark.parametrize("key", [REP, AHEAD, PARTNER])
async def test_why_is_for_who_may_see_the_parts(database: Database, key: str) -> None:
    number = await kept(database)
    async with Store(database).read(1) as repo:
        with pytest.raises(NotAllowed) as refused:
            await explaining.explain(repo, WhyPage(number), by=person(repo, key), today=TODAY, locale="en-US")
        assert ("My numbers below the digest shows yours" in str(refused.value)) == (key != PARTNER)


async def test_why_of_a_first_digest_shows_what_its_figures_consist_of(database: Database) -> None:
    async with Store(database).read(1) as repo:
        manager = person(repo, MANAGER)
        ask = in_channel(team(repo, "Americas East"), TODAY)
        made = await make(repo, ask, sections())
    number = await store(database, ask, made)
    async with Store(database).read(1) as repo:
        for part, title in ((Part.CREDITED, "are the deals behind"), (Part.FORECAST, "open deals are behind")):
            page = WhyPage(number, part)
            found = await explaining.explain(repo, page, by=manager, today=TODAY, locale="en-US")
            shown = json.dumps(explaining.why_modal(found).to_json(), ensure_ascii=False)
            assert f"no earlier digest of this period to compare with. These {title}" in shown
            assert found.consists is not None
            lines = [one.name for one in found.consists.credit] or [one.line.name for one in found.consists.open]
            assert len(lines) == 10
            assert all(str(one) in shown for one in lines)
            assert "All of it" in shown


async def test_my_numbers_are_the_clicker_s_own(database: Database) -> None:
    number = await kept(database)
    async with Store(database).read(1) as repo:
        ask, _ = await stored(repo, number)
        rep, period = person(repo, REP), period_of(repo, TODAY)
        how = {"was": TODAY, "today": TODAY, "locale": "en-US"}
        own = await own_numbers(repo, repo, rep, period, **how)  # type: ignore[arg-type]
        message = views.my_numbers(own, ask, period, locale="en-US", settings=repo.settings)
        shown = json.dumps(message.to_json())
        assert rep.name in shown
        assert "*Now:*" in shown
        assert "$" not in message.text
        with pytest.raises(NotAllowed):
            await own_numbers(repo, repo, person(repo, PARTNER), period, **how)  # type: ignore[arg-type]


async def test_a_button_of_no_digest_says_so(database: Database) -> None:
    async with Store(database).read(1) as repo:
        for carried in ("", "x", "99"):
            with pytest.raises(NotFound):
                await stored(repo, number_of(carried))
    with pytest.raises(NotFound):
        WhyPage.decode("1|nonsense|0")


async def test_both_messages_are_rendered_from_the_stored_digest_when_they_are_sent(database: Database) -> None:
    number = await kept(database)
    registry = Registry()
    commands.digests.register(registry)
    async with Store(database).read(1) as repo:
        for kind in ("digests/head", "digests/thread"):
            outgoing = registry.outgoing(kind)
            assert outgoing is not None
            for reader, whole in ((MANAGER, True), (REP, False)):
                sending = Sending(kind, {"digest": number}, private(person(repo, reader)), TODAY, NOW)
                rendered = await outgoing.render(sending, repo)
                if kind == "digests/thread" and not whole:
                    assert rendered == Dropped("the head said all there is")
                else:
                    assert isinstance(rendered, Message)
                    assert rendered.text.startswith("Americas East ")
        gone = await registry.outgoing("digests/head").render(  # type: ignore[union-attr]
            Sending("digests/head", {"digest": 99}, PUBLIC, TODAY, NOW), repo
        )
        assert gone == Dropped("This digest is no longer there.")
