"""Every limit that the workspace enforces, each with the documentation page that states it.

`assumed` marks what Slack does not document, so that a reader knows which rules are observations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_BLOCKS: Final = "https://docs.slack.dev/reference/block-kit/blocks/"
_ELEMENTS: Final = "https://docs.slack.dev/reference/block-kit/block-elements/"
_OBJECTS: Final = "https://docs.slack.dev/reference/block-kit/composition-objects/"
_VIEWS: Final = "https://docs.slack.dev/reference/views/modal-views"
_INTERACTION: Final = "https://docs.slack.dev/interactivity/handling-user-interaction"
_SOCKET: Final = "https://docs.slack.dev/apis/events-api/using-socket-mode"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number, where Slack documents it, and whether it is an assumption instead."""

    value: int
    page: str
    assumed: bool = False


LIMITS: Final[dict[str, Limit]] = {
    # messages and views
    "message.blocks": Limit(50, "https://docs.slack.dev/reference/block-kit/blocks"),
    "message.text": Limit(40_000, "https://docs.slack.dev/reference/methods/chat.postMessage"),
    "message.block_text": Limit(13_200, "https://docs.slack.dev/reference/methods/chat.postMessage", assumed=True),
    "message.charts": Limit(2, _BLOCKS + "data-visualization-block"),
    "message.tables": Limit(1, _BLOCKS + "table-block"),
    "view.blocks": Limit(100, _VIEWS),
    "view.title": Limit(24, _VIEWS),
    "view.submit": Limit(24, _VIEWS),
    "view.close": Limit(24, _VIEWS),
    "view.private_metadata": Limit(3_000, _VIEWS),
    "view.callback_id": Limit(255, _VIEWS),
    "view.external_id": Limit(255, _VIEWS),
    "view.bytes": Limit(250_000, "https://docs.slack.dev/reference/methods/views.open"),
    "view.stack": Limit(3, "https://docs.slack.dev/surfaces/modals"),
    # ids
    "block_id": Limit(255, _BLOCKS + "section-block"),
    "action_id": Limit(255, _ELEMENTS + "button-element"),
    # blocks
    "section.text": Limit(3_000, _BLOCKS + "section-block"),
    "section.fields": Limit(10, _BLOCKS + "section-block"),
    "section.field": Limit(2_000, _BLOCKS + "section-block"),
    "header.text": Limit(150, _BLOCKS + "header-block"),
    "actions.elements": Limit(25, _BLOCKS + "actions-block"),
    "context.elements": Limit(10, _BLOCKS + "context-block"),
    "context.text": Limit(3_000, _OBJECTS + "text-object"),
    "image.url": Limit(3_000, _BLOCKS + "image-block"),
    "image.alt_text": Limit(2_000, _BLOCKS + "image-block"),
    "image.title": Limit(2_000, _BLOCKS + "image-block"),
    "input.label": Limit(2_000, _BLOCKS + "input-block"),
    "input.hint": Limit(2_000, _BLOCKS + "input-block"),
    "alert.text": Limit(200, _BLOCKS + "alert-block"),
    "table.rows": Limit(100, _BLOCKS + "table-block"),
    "table.columns": Limit(20, _BLOCKS + "table-block"),
    "data_table.rows": Limit(101, _BLOCKS + "data-table-block"),
    "data_table.columns": Limit(20, _BLOCKS + "data-table-block"),
    "data_table.page_size": Limit(100, _BLOCKS + "data-table-block"),
    "data_table.characters": Limit(10_000, _BLOCKS + "data-table-block"),
    "chart.title": Limit(50, _BLOCKS + "data-visualization-block"),
    "chart.series": Limit(6, _BLOCKS + "data-visualization-block"),
    "chart.segments": Limit(6, _BLOCKS + "data-visualization-block"),
    "chart.points": Limit(20, _BLOCKS + "data-visualization-block"),
    "chart.label": Limit(20, _BLOCKS + "data-visualization-block"),
    "chart.axis_label": Limit(50, _BLOCKS + "data-visualization-block"),
    # elements
    "button.text": Limit(75, _ELEMENTS + "button-element"),
    "button.value": Limit(2_000, _ELEMENTS + "button-element"),
    "button.url": Limit(3_000, _ELEMENTS + "button-element"),
    "placeholder": Limit(150, _ELEMENTS + "select-menu-element"),
    "select.options": Limit(100, _ELEMENTS + "select-menu-element"),
    "select.option_groups": Limit(100, _ELEMENTS + "select-menu-element"),
    "overflow.options": Limit(5, _ELEMENTS + "overflow-menu-element"),
    "checkboxes.options": Limit(10, _ELEMENTS + "checkboxes-element"),
    "radio_buttons.options": Limit(10, _ELEMENTS + "radio-button-group-element"),
    "input.length": Limit(3_000, _ELEMENTS + "plain-text-input-element"),
    # composition objects
    "option.text": Limit(75, _OBJECTS + "option-object"),
    "option.value": Limit(150, _OBJECTS + "option-object"),
    "option.description": Limit(75, _OBJECTS + "option-object"),
    "option_group.label": Limit(75, _OBJECTS + "option-group-object"),
    "confirm.title": Limit(100, _OBJECTS + "confirmation-dialog-object"),
    "confirm.text": Limit(300, _OBJECTS + "confirmation-dialog-object"),
    "confirm.button": Limit(30, _OBJECTS + "confirmation-dialog-object"),
    # time and connections (seconds where a duration)
    "ack.seconds": Limit(3, _INTERACTION),
    "trigger.seconds": Limit(3, _INTERACTION),
    "response_url.uses": Limit(5, _INTERACTION),
    "response_url.seconds": Limit(1_800, _INTERACTION),
    "socket.connections": Limit(10, _SOCKET),
    "socket.ticket_seconds": Limit(30, _SOCKET, assumed=True),
    "page.items": Limit(1_000, "https://docs.slack.dev/apis/web-api/pagination"),
}


def most(name: str) -> int:
    """The number behind `name`; a KeyError means that a rule names a limit that is not in the table."""
    return LIMITS[name].value
