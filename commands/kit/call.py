"""What a handler is called with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.company import Person

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """A click on a button or a choice in a menu. `value` carries ids that are looked up and checked again."""

    id: str
    value: str = ""
    """A button's value, or the value of the option that was chosen."""
    block_id: str = ""
    in_message: bool = False
    """In a message that can be replaced through the click's response_url."""
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The modal in which something was clicked or submitted."""

    id: str
    hash: str
    callback: str
    metadata: str
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The state of the inputs: block id, action id, the element's state as Slack sends it."""
    is_home: bool = False
    """The Home tab, which has no modal under it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of somebody in a channel; `author` is empty if it is an app's."""

    channel: str
    ts: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in the workspace that nobody asks about and nobody is answered; `today` is the workspace's date."""

    name: str
    """Slack's name of the event: `channel_archive`."""
    channel_id: str
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one person, read once; `today` is the workspace's date and `now` an instant."""

    command: str
    """`/targets`, or the id of an action, a submission or a menu."""
    text: str
    """What follows the command."""
    team_id: str
    slack_user_id: str
    channel_id: str
    workspace: int
    person: Person
    today: date
    now: datetime
    locale: str
    reference: str
    """Stands in the log and in what the person is told when something fails."""
    trigger_id: str = ""
    response_url: str = ""
    action: Action | None = None
    view: View | None = None
    said: Said | None = None
    """The message in whose menu a shortcut was chosen."""
    is_shortcut: bool = False

    @property
    def via(self) -> str:
        """Through what the person acts, for the audit."""
        if self.is_shortcut:
            return "shortcut"
        return "button" if self.action else "modal" if self.view else "command"

    @property
    def value(self) -> str:
        """What the clicked button carries, or what was chosen in the menu."""
        return self.action.value if self.action else ""
