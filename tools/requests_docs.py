"""Change requests as Markdown: a diagram of their states, when each step is possible and what goes with it, the policy."""

import json
from collections.abc import Iterator

from domain.requests.machine import TRANSITIONS
from domain.requests.model import State
from domain.requests.policy import RequestPolicy, to_json

SETTINGS = {
    "threshold": "So much target, in the workspace's currency, may move before the next level up decides too.",
    "target": "What becomes of the target of what is moved: it `moves`, `stays`, or is `relieved` (nobody has it any more).",
    "basis": "How the moved share is measured: `credit` (last 12 months), `potential`, `open` (pipeline), `equal` (number of accounts).",
    "hold_days": "For so many days open deals that meet all of the next three stay with whoever has them; 0: none do.",
    "hold_stages": "Stages; none: all of them.",
    "hold_least": "The least amount, in the workspace's currency.",
    "hold_closing_within": "Days from the effective date to the expected close.",
    "back_days": "How far back a change may be dated, if a leader agrees.",
    "ahead_days": "How far ahead.",
    "remind_after": "Days after which who decides is reminded.",
    "remind_every": "Days from one reminder to the next.",
    "escalate_after": "Days after which the next above is asked too.",
    "expire_after": "Days after which the request expires.",
    "fallback": "The key of the person who decides where nobody else can.",
    "requests_channel": "The Slack channel of the cards; without one they go to the releasing team's.",
}


def requests_diagram() -> str:
    """Drawn from the table of transitions, in its order."""
    return "".join([*_diagram(), "\n", *_table()])


def policy_table() -> str:
    """Every setting with its default, as JSON has it. Raises KeyError for one that nobody described."""
    defaults = json.loads(to_json(RequestPolicy(), "USD"))
    rows = [f"| `{name}` | `{json.dumps(value)}` | {SETTINGS[name]} |\n" for name, value in defaults.items()]
    return "".join(["| setting | default | |\n|---|---|---|\n", *rows])


def _diagram() -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2\n"
    yield f"    [*] --> {State.DRAFT}\n"
    for (state, event), move in TRANSITIONS.items():
        yield f"    {state} --> {move.to}: {event}\n"
    for state in State:
        if not any(left == state for left, _ in TRANSITIONS):
            yield f"    {state} --> [*]\n"
    yield f"    {State.EFFECTIVE} --> [*]\n```\n"


def _table() -> Iterator[str]:
    yield "| from | event | to | only if | then |\n|---|---|---|---|---|\n"
    for (state, event), move in TRANSITIONS.items():
        guards = "; ".join(sorted(move.guards, key=str))
        yield f"| {_words(state)} | {event} | {_words(move.to)} | {guards} | {'; '.join(move.effects)} |\n"


def _words(state: State) -> str:
    return state.replace("_", " ")
