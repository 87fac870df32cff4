"""The Home tab as Slack takes it, whatever waits and whatever the role may use."""

from typing import Any

import pytest

from commands.home.service import HomeTab, Waiting
from commands.home.views import SHOWN, home_tab
from domain.company import Settings
from domain.periods import parse_label
from sandbox.blocks.surfaces import check_home
from storage.target_notices import Notice
from tests.support.filling import filled
from tests.support.hostile import NAMES, unseen
from tests.support.sample import NOW

ALL = frozenset({"/targets", "/targets set", "/targets history", "/turf status", "/turf help"})


def shown(count: int = 0, name: str = "Ohio", **more: Any) -> tuple[list[str], str]:
    """The labels of its buttons, and its words."""
    notice = filled(Notice, key=(), at=NOW)
    waiting = [
        Waiting(notice, own=one % 2 == 0, name=name, period=parse_label("2026Q3", 1), by=name) for one in range(count)
    ]
    tab = filled(HomeTab, standing=(), waiting=waiting, requests=(), **more)
    view = home_tab(tab, locale="en-US", settings=Settings()).to_json()
    check_home(view)
    assert not unseen(view)
    buttons = [
        one["text"]["text"] for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]
    ]
    return buttons, str(view)


def test_who_is_in_no_team_and_sees_only_themselves_is_offered_neither() -> None:
    assert shown(commands=ALL)[0] == ["My targets", "Set a target", "What changed", "How fresh is the data?", "Help"]
    assert shown(commands=ALL, has_team=True, sees_all=True)[0][:3] == ["My targets", "My team", "Everyone"]
    assert shown(commands=frozenset({"/turf help"}), has_team=True, sees_all=True)[0] == ["Help"]


@pytest.mark.parametrize(("count", "more"), [(1, ""), (SHOWN, ""), (SHOWN + 3, "• 3 more.")])
def test_what_waits_is_named_or_counted(count: int, more: str) -> None:
    words = shown(count, commands=ALL)[1]
    assert words.count("not answered yet") == min(count, SHOWN)
    assert more in words
    assert ("more." in words) == bool(more)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_whatever_things_are_called(name: str) -> None:
    shown(SHOWN + 1, name, commands=ALL)
