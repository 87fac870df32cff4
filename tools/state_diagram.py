"""The states of a change request as Markdown: a diagram, and for each step when it is possible and what goes with it."""

from collections.abc import Iterator

from domain.requests.machine import TRANSITIONS
from domain.requests.model import State


def requests_diagram() -> str:
    """Drawn from the table of transitions, in its order."""
    return "".join([*_diagram(), "\n", *_table()])


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
