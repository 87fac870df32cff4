"""What is said of a digest after a change where nothing comes next."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from commands.digests.subscribing import answers
from commands.digests.subscribing.service import Saved
from commands.digests.subscribing.views import saved_modal
from domain.schedules import Slot
from storage.subscriptions import State, StoredSubscription
from tests.support.subscribing import mondays, team_in

TODAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KNOWN = StoredSubscription(1, team_in("C1", mondays()), State.ACTIVE, None, TODAY, None, 1, NOON)


@pytest.mark.parametrize(
    ("ends_on", "said"),
    [
        (date(2026, 11, 20), "its last day has passed."),
        (date(2026, 11, 27), "none of its days is left before its last one, Fri, Nov 27."),
    ],
)
def test_why_nothing_comes_any_more(ends_on: date, said: str) -> None:
    known = replace(KNOWN, wish=team_in("C1", mondays(ends_on=ends_on)))
    words = str(answers.resumed(known, "East", "en-US", changed=True, today=TODAY).text)
    assert f"Nothing comes any more: {said}" in words


def test_what_never_comes_is_not_said_to_come() -> None:
    said = str(saved_modal(Saved(KNOWN, is_new=True), "East", "en-US", held=False).to_json())
    assert "would come to <#C1> every Monday at 09:00 in UTC, but none of these days lies between" in said
    coming = replace(KNOWN, next=Slot(date(2026, 11, 30), datetime(2026, 11, 30, 9, tzinfo=UTC)))
    said = str(saved_modal(Saved(coming, is_new=True), "East", "en-US", held=False).to_json())
    assert "comes to <#C1> every Monday at 09:00 in UTC.\\n*Next:* Mon, Nov 30" in said
