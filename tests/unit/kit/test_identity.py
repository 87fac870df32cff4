"""What is remembered of people, and for how long."""

import pytest

from commands.kit.identity import PERSON_SECONDS, SLACK_USER_SECONDS, Identity, Outsider
from commands.kit.recent import Kept, Recent
from tests.support.fake_slack import TEAM
from tests.support.transport import FakeDirectory, ana


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Slack:
    """users.info, counted."""

    def __init__(self) -> None:
        self.asked = 0
        self.user_is = {"team_id": TEAM, "profile": {"email": " Ana@Example.com "}, "locale": "de-DE"}

    async def user(self, slack_user_id: str) -> dict[str, object]:
        self.asked += 1
        return dict(self.user_is)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def identity(clock: Clock, slack: Slack) -> Identity:
    return Identity(FakeDirectory([ana()]), slack, clock=clock)  # type: ignore[arg-type]


async def test_a_person_is_found_by_e_mail_and_kept_for_a_while(identity: Identity, clock: Clock, slack: Slack) -> None:
    caller = await identity.identify(TEAM, "U1")
    assert (caller.person.name, caller.locale) == ("Ana", "de-DE")
    assert identity.known(TEAM, "U1") == caller
    clock.now = PERSON_SECONDS
    assert identity.known(TEAM, "U1") is None
    await identity.identify(TEAM, "U1")
    assert slack.asked == 1
    clock.now = SLACK_USER_SECONDS
    await identity.identify(TEAM, "U1")
    assert slack.asked == 2


async def test_who_was_deactivated_is_out_once_slack_says_so(identity: Identity, slack: Slack) -> None:
    identity.team = TEAM
    await identity.identify(TEAM, "U1")
    slack.user_is["deleted"] = True
    identity.forget("U1")
    with pytest.raises(Outsider):
        await identity.identify(TEAM, "U1")


@pytest.mark.parametrize(("team", "user_team"), [("T9", ""), (TEAM, "T9")])
async def test_another_organisation_is_not_even_looked_up(
    identity: Identity, slack: Slack, team: str, user_team: str
) -> None:
    identity.team = TEAM
    with pytest.raises(Outsider):
        await identity.identify(team, "U1", user_team=user_team)
    assert slack.asked == 0


async def test_a_user_whose_home_is_elsewhere_is_out(identity: Identity, slack: Slack) -> None:
    slack.user_is["team_id"] = "T9"
    with pytest.raises(Outsider):
        await identity.identify(TEAM, "U1")


def test_what_is_kept_is_bounded(clock: Clock) -> None:
    kept: Kept[int, int] = Kept(10, clock, kept=2)
    for key in range(3):
        kept.put(key, key)
    assert [kept.get(key) for key in range(3)] == [None, 1, 2]


async def test_a_failed_delivery_may_be_tried_again() -> None:
    recent: Recent[str] = Recent()

    async def fails() -> str:
        raise RuntimeError

    async def works() -> str:
        return "done"

    with pytest.raises(RuntimeError):
        await recent.once("d1", fails)
    assert await recent.once("d1", works) == "done"
    assert await recent.once("d1", fails) == "done"
