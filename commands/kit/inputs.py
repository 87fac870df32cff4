"""What people fill in: the inputs of modals, and what they hold when the modal is sent.

An input's block id is its name; it stays the same across updates of the view, so that what was typed survives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slackblocks import (
    CheckboxGroup,
    ConversationFilter,
    ConversationSelectMenu,
    DatePicker,
    ExternalMultiSelectMenu,
    ExternalSelectMenu,
    InputBlock,
    Option,
    PlainTextInput,
    StaticMultiSelectMenu,
    Text,
    TextType,
)
from slackblocks.elements import Element, FileInput

from commands.kit.blocks import Block, cut, select
from commands.kit.call import View

LABEL = 2000
PLACEHOLDER = 150
HINT = 2000
OPTION = 75
MOST_CHECKBOXES = 10
MOST_FILES = 10
VALUE = "value"
"""The action id of each input's element, unless it answers while the person chooses."""


def field(
    name: str, label: str, element: Element, *, hint: str = "", optional: bool = False, live: bool = False
) -> Block:
    """One input under its label. With `live` each choice is sent at once, so that the view can follow it."""
    return InputBlock(
        label=_plain(label, LABEL),
        element=element,
        dispatch_action=live,
        block_id=name,
        hint=_plain(hint, HINT) if hint else None,
        optional=optional,
    )


def text(
    *, initial: str = "", placeholder: str = "", multiline: bool = False, most: int = 3000, action: str = VALUE
) -> Element:
    """A line of text, or several."""
    return PlainTextInput(
        action_id=action,
        initial_value=initial or None,
        multiline=multiline,
        max_length=most,
        placeholder=_plain(placeholder, PLACEHOLDER) if placeholder else None,
    )


def menu(
    choices: Mapping[str, str], *, chosen: str | None = None, placeholder: str = "", action: str = VALUE
) -> Element:
    """One of at most 100 choices (value: label)."""
    return select(action, choices, chosen=chosen, placeholder=placeholder)


def search(action: str, *, chosen: tuple[str, str] | None = None, placeholder: str = "", least: int = 1) -> Element:
    """One of the choices that `options(action)` offers for what is typed; `chosen` is a value and its label."""
    initial = Option(_plain(chosen[1], OPTION), value=chosen[0]) if chosen else None
    hint = _plain(placeholder, PLACEHOLDER) if placeholder else None
    return ExternalSelectMenu(action_id=action, initial_option=initial, min_query_length=least, placeholder=hint)


def search_several(
    action: str, *, chosen: Mapping[str, str], placeholder: str = "", least: int = 1, most: int | None = None
) -> Element:
    """Any of the choices that `options(action)` offers for what is typed; `chosen` are values and their labels."""
    picked = [Option(_plain(label, OPTION), value=value) for value, label in chosen.items()] or None
    hint = _plain(placeholder, PLACEHOLDER) if placeholder else None
    return ExternalMultiSelectMenu(
        action_id=action, initial_options=picked, min_query_length=least, max_selected_items=most, placeholder=hint
    )


def checkboxes(
    choices: Mapping[str, str],
    *,
    described: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (),
    action: str = VALUE,
) -> Element:
    """Any of at most ten choices (value: label); `described` says more of some in a second line."""
    more = described or {}
    if len(choices) > MOST_CHECKBOXES:
        raise ValueError(f"{len(choices)} checkboxes: at most {MOST_CHECKBOXES} fit a block")
    made = [
        Option(_plain(label, OPTION), value, _plain(more[value], OPTION) if value in more else None)
        for value, label in choices.items()
    ]
    return CheckboxGroup(action, made, [option for option in made if option.value in chosen] or None)


def several(
    choices: Mapping[str, str], *, chosen: Sequence[str] = (), placeholder: str = "", action: str = VALUE
) -> Element:
    """Any of up to 100 choices (value: label): boxes to tick while they fit, a menu beyond that."""
    if len(choices) <= MOST_CHECKBOXES:
        return checkboxes(choices, chosen=chosen, action=action)
    made = [Option(_plain(label, OPTION), value) for value, label in choices.items()]
    hint = _plain(placeholder, PLACEHOLDER) if placeholder else None
    picked = [option for option in made if option.value in chosen] or None
    return StaticMultiSelectMenu(action_id=action, options=made, initial_options=picked, placeholder=hint)


def day(*, initial: date | None = None, placeholder: str = "", action: str = VALUE) -> Element:
    """A date."""
    hint = _plain(placeholder, PLACEHOLDER) if placeholder else None
    return DatePicker(action_id=action, initial_date=initial.isoformat() if initial else None, placeholder=hint)


def files(kinds: Sequence[str], *, most: int = MOST_FILES, action: str = VALUE) -> Element:
    """Files to upload, by their extensions. Slack takes 10 MB each, and asks for the scope files:read."""
    return FileInput(action_id=action, filetypes=list(kinds), max_files=most)


def conversation(*, action: str = VALUE, placeholder: str = "", chosen: str = "") -> Element:
    """A channel, public or private; without `chosen` it is the one that the person looks at."""
    only = ConversationFilter(["public", "private"], exclude_bot_users=True)
    hint = _plain(placeholder, PLACEHOLDER) if placeholder else None
    return ConversationSelectMenu(
        action_id=action,
        initial_conversation=chosen or None,
        default_to_current_conversation=not chosen,
        filter=only,
        placeholder=hint,
    )


def _plain(text: str, limit: int) -> Text:
    return Text(cut(text, limit), type_=TextType.PLAINTEXT)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the inputs of a view hold, by their names."""

    values: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, view: View | None) -> "Filled":
        """Everything that was entered in a view."""
        return cls(view.values if view else {})

    def one(self, name: str) -> str:
        """A text, or the value of what was chosen, trimmed; empty if nothing was."""
        state = self._state(name)
        option = state.get("selected_option") or {}
        direct = ("value", "selected_date", "selected_conversation", "selected_channel", "selected_user")
        found = option.get("value") or next((state[key] for key in direct if state.get(key)), "")
        return found.strip() if isinstance(found, str) else ""

    def several(self, name: str) -> list[str]:
        """The values of everything that was ticked or chosen."""
        return [str(option.get("value", "")) for option in self._state(name).get("selected_options") or ()]

    def uploaded(self, name: str) -> list[Mapping[str, Any]]:
        """The files that were uploaded, as Slack describes them."""
        return [file for file in self._state(name).get("files") or () if isinstance(file, dict)]

    def _state(self, name: str) -> Mapping[str, Any]:
        """The state of the one element in a block."""
        return next(iter(self.values.get(name, {}).values()), {})
