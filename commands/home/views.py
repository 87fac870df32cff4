"""The Home tab as blocks, and the answer to what says nothing; the words are in templates/home."""

from commands.home.service import HomeTab
from commands.kit.blocks import Block, Control, actions, context, header, section
from commands.kit.reply import Home, Message
from commands.kit.rerun import run_button
from domain.company import Settings
from templates import render
from templates.numbers import Numbers

SHOWN = 10
"""So many waiting targets are named; the rest are counted."""
BUTTONS = (
    ("My targets", "/targets", ""),
    ("My team", "/targets", "my team"),
    ("Everyone", "/targets", "all"),
    ("Set a target", "/targets set", ""),
    ("What changed", "/targets history", ""),
    ("How fresh is the data?", "/turf status", ""),
    ("Help", "/turf help", ""),
)


def home_tab(home: HomeTab, *, locale: str, settings: Settings) -> Home:
    """My numbers, what needs me, what I can ask."""
    mine: list[Block] = [header("Where I stand", id="mine"), *home.standing] if home.standing else []
    waiting = render(
        "home/waiting.mrkdwn.j2",
        waiting=home.waiting[:SHOWN],
        more=max(len(home.waiting) - SHOWN, 0),
        n=Numbers(settings.currency, locale),
        zone=settings.timezone,
    )
    # That nothing waits is said only if that is so.
    targets = [section(waiting, id="waiting")] if home.waiting or not home.requests else []
    needs_me = [header("What needs me", id="needs"), *home.requests, *targets]
    ask = render("home/ask.mrkdwn.j2", sees_figures=bool(home.standing))
    asking = [header("What I can ask", id="ask"), actions(*_buttons(home), id="commands"), context(ask, id="words")]
    return Home([*mine, *needs_me, *asking])


def _buttons(home: HomeTab) -> list[Control]:
    leads_somewhere = {"all": home.sees_all, "my team": home.has_team}
    offered = [one for one in BUTTONS if one[1] in home.commands and leads_somewhere.get(one[2], True)]
    return [run_button(*one, place=place) for place, one in enumerate(offered)]


def greeting(first_name: str) -> Message:
    """The answer to what is neither a command nor a name."""
    words = render("home/greeting.mrkdwn.j2", first_name=first_name)
    return Message(words, [section(words, id="greeting")])


def opens_a_window(command: str) -> Message:
    """A message cannot open a window."""
    words = render("home/window.mrkdwn.j2", command=command)
    return Message(words, [section(words, id="window")])
