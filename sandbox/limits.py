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
_EVENTS: Final = "https://docs.slack.dev/apis/events-api/"
_RATES: Final = "https://docs.slack.dev/apis/web-api/rate-limits"
_SOCKET: Final = "https://docs.slack.dev/apis/events-api/using-socket-mode"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number, the rule in a sentence ({n} is the number), where Slack documents it, or that it is an assumption."""

    value: int
    says: str
    page: str
    assumed: bool = False


LIMITS: Final[dict[str, Limit]] = {
    # messages and views
    "message.blocks": Limit(
        50, "A message has at most {n} blocks.", "https://docs.slack.dev/reference/block-kit/blocks"
    ),
    "message.text": Limit(
        40_000,
        "A message's text has at most {n} characters; Slack cuts longer ones off, which nobody wants.",
        "https://docs.slack.dev/reference/methods/chat.postMessage",
        assumed=True,
    ),
    "update.text": Limit(
        4_000,
        "chat.update takes a text of at most {n} characters.",
        "https://docs.slack.dev/reference/methods/chat.update",
    ),
    "message.block_text": Limit(
        13_200,
        "A message's blocks hold less than {n} characters of text outside tables.",
        "https://docs.slack.dev/reference/methods/chat.postMessage",
        assumed=True,
    ),
    "message.metadata": Limit(
        16_384,
        "A message's metadata is at most {n} bytes of JSON.",
        "https://docs.slack.dev/messaging/message-metadata",
    ),
    "message.charts": Limit(2, "A message has at most {n} charts.", _BLOCKS + "data-visualization-block"),
    "message.tables": Limit(1, "A message has at most {n} `table`.", _BLOCKS + "table-block"),
    "view.blocks": Limit(100, "A view has at most {n} blocks.", _VIEWS),
    "view.title": Limit(24, "A modal's title has at most {n} characters.", _VIEWS),
    "view.submit": Limit(24, "A modal's submit button has at most {n} characters.", _VIEWS),
    "view.close": Limit(24, "A modal's close button has at most {n} characters.", _VIEWS),
    "view.private_metadata": Limit(3_000, "A view's private_metadata has at most {n} characters.", _VIEWS),
    "view.callback_id": Limit(255, "A view's callback_id has at most {n} characters.", _VIEWS),
    "view.external_id": Limit(255, "A view's external_id has at most {n} characters.", _VIEWS),
    "view.bytes": Limit(
        250_000, "A view is smaller than {n} bytes.", "https://docs.slack.dev/reference/methods/views.open"
    ),
    "view.stack": Limit(3, "At most {n} modals are stacked.", "https://docs.slack.dev/surfaces/modals"),
    # ids
    "block_id": Limit(255, "A block_id has at most {n} characters.", _BLOCKS + "section-block"),
    "action_id": Limit(255, "An action_id has at most {n} characters.", _ELEMENTS + "button-element"),
    # blocks
    "section.text": Limit(3_000, "A section's text has at most {n} characters.", _BLOCKS + "section-block"),
    "section.fields": Limit(10, "A section has at most {n} fields.", _BLOCKS + "section-block"),
    "section.field": Limit(2_000, "A section's field has at most {n} characters.", _BLOCKS + "section-block"),
    "header.text": Limit(150, "A header has at most {n} characters.", _BLOCKS + "header-block"),
    "actions.elements": Limit(25, "An actions block has at most {n} elements.", _BLOCKS + "actions-block"),
    "context.elements": Limit(10, "A context block has at most {n} elements.", _BLOCKS + "context-block"),
    "context.text": Limit(3_000, "A text of a context block has at most {n} characters.", _OBJECTS + "text-object"),
    "image.url": Limit(3_000, "An image's address has at most {n} characters.", _BLOCKS + "image-block"),
    "image.alt_text": Limit(2_000, "An image's alt_text has at most {n} characters.", _BLOCKS + "image-block"),
    "image.title": Limit(2_000, "An image's title has at most {n} characters.", _BLOCKS + "image-block"),
    "input.label": Limit(2_000, "An input's label has at most {n} characters.", _BLOCKS + "input-block"),
    "input.hint": Limit(2_000, "An input's hint has at most {n} characters.", _BLOCKS + "input-block"),
    "alert.text": Limit(200, "An alert has at most {n} characters.", _BLOCKS + "alert-block"),
    "table.rows": Limit(100, "A table has at most {n} rows.", _BLOCKS + "table-block"),
    "table.columns": Limit(20, "A table has at most {n} columns.", _BLOCKS + "table-block"),
    "data_table.rows": Limit(
        101, "A data_table has at most {n} rows, its header among them.", _BLOCKS + "data-table-block"
    ),
    "data_table.columns": Limit(20, "A data_table has at most {n} columns.", _BLOCKS + "data-table-block"),
    "data_table.page_size": Limit(100, "A data_table shows 1 to {n} rows a page.", _BLOCKS + "data-table-block"),
    "data_table.characters": Limit(
        10_000, "The data_tables of a message hold at most {n} characters together.", _BLOCKS + "data-table-block"
    ),
    "chart.title": Limit(50, "A chart's title has at most {n} characters.", _BLOCKS + "data-visualization-block"),
    "chart.series": Limit(6, "A chart has at most {n} series.", _BLOCKS + "data-visualization-block"),
    "chart.segments": Limit(6, "A pie has at most {n} segments.", _BLOCKS + "data-visualization-block"),
    "chart.points": Limit(20, "A series has at most {n} points.", _BLOCKS + "data-visualization-block"),
    "chart.label": Limit(20, "A chart's label has at most {n} characters.", _BLOCKS + "data-visualization-block"),
    "chart.axis_label": Limit(50, "An axis' label has at most {n} characters.", _BLOCKS + "data-visualization-block"),
    # elements
    "button.text": Limit(75, "A button's text has at most {n} characters.", _ELEMENTS + "button-element"),
    "button.value": Limit(2_000, "A button's value has at most {n} characters.", _ELEMENTS + "button-element"),
    "button.url": Limit(3_000, "A button's address has at most {n} characters.", _ELEMENTS + "button-element"),
    "placeholder": Limit(150, "A placeholder has at most {n} characters.", _ELEMENTS + "select-menu-element"),
    "select.options": Limit(100, "A select menu has at most {n} options.", _ELEMENTS + "select-menu-element"),
    "select.option_groups": Limit(
        100, "A select menu has at most {n} groups of options.", _ELEMENTS + "select-menu-element"
    ),
    "overflow.options": Limit(5, "An overflow menu has at most {n} options.", _ELEMENTS + "overflow-menu-element"),
    "checkboxes.options": Limit(10, "There are at most {n} checkboxes in a group.", _ELEMENTS + "checkboxes-element"),
    "radio_buttons.options": Limit(
        10, "There are at most {n} radio buttons in a group.", _ELEMENTS + "radio-button-group-element"
    ),
    "input.length": Limit(3_000, "A text input takes at most {n} characters.", _ELEMENTS + "plain-text-input-element"),
    "file_input.max_files": Limit(10, "A file_input takes at most {n} files.", _ELEMENTS + "file-input-element"),
    "file_input.bytes": Limit(
        10_000_000, "A file that is uploaded into a modal has at most {n} bytes.", _ELEMENTS + "file-input-element"
    ),
    "file_input.filetypes": Limit(
        50, "A file_input names at most {n} file extensions.", _ELEMENTS + "file-input-element", assumed=True
    ),
    # composition objects
    "option.text": Limit(75, "An option's text has at most {n} characters.", _OBJECTS + "option-object"),
    "option.value": Limit(150, "An option's value has at most {n} characters.", _OBJECTS + "option-object"),
    "option.description": Limit(75, "An option's description has at most {n} characters.", _OBJECTS + "option-object"),
    "option_group.label": Limit(75, "A group's label has at most {n} characters.", _OBJECTS + "option-group-object"),
    "confirm.title": Limit(
        100, "A confirmation's title has at most {n} characters.", _OBJECTS + "confirmation-dialog-object"
    ),
    "confirm.text": Limit(
        300, "A confirmation's text has at most {n} characters.", _OBJECTS + "confirmation-dialog-object"
    ),
    "confirm.button": Limit(
        30, "A confirmation's buttons have at most {n} characters.", _OBJECTS + "confirmation-dialog-object"
    ),
    # time and connections (seconds where a duration)
    "ack.seconds": Limit(3, "A delivery is acknowledged within {n} seconds.", _INTERACTION),
    "trigger.seconds": Limit(3, "A trigger id lives {n} seconds.", _INTERACTION),
    "response_url.uses": Limit(5, "A response url is used at most {n} times.", _INTERACTION),
    "response_url.seconds": Limit(1_800, "A response url lives {n} seconds.", _INTERACTION),
    "socket.connections": Limit(10, "An app has at most {n} Socket Mode connections.", _SOCKET),
    "socket.life_seconds": Limit(18_060, "A Socket Mode connection is refreshed after {n} seconds.", _SOCKET),
    "socket.warning_seconds": Limit(
        10, "A warning is sent {n} seconds before a connection is refreshed.", _SOCKET, assumed=True
    ),
    "socket.ticket_seconds": Limit(
        30, "The address of a Socket Mode connection is good for {n} seconds, once.", _SOCKET, assumed=True
    ),
    "event.second_retry": Limit(
        60, "An event that is not acknowledged comes again at once, and then after {n} seconds.", _EVENTS
    ),
    "event.third_retry": Limit(300, "The last time it comes after {n} seconds more.", _EVENTS),
    "post.per_second": Limit(1, "An app posts {n} message a second into a channel.", _RATES),
    "post.burst": Limit(5, "A burst of {n} messages into a channel passes.", _RATES, assumed=True),
    "history.per_minute": Limit(
        1, "An app that is sold outside the Marketplace reads history {n} time a minute.", _RATES
    ),
    "history.items": Limit(15, "It gets {n} messages at once.", _RATES),
    "file.alt_txt": Limit(
        1_000,
        "A picture's description has at most {n} characters.",
        "https://docs.slack.dev/reference/methods/files.getUploadURLExternal",
    ),
    "file.processing_ms": Limit(
        500,
        "A completed file is ready {n} milliseconds later.",
        "https://docs.slack.dev/reference/methods/files.getUploadURLExternal",
        assumed=True,
    ),
    "page.items": Limit(
        1_000, "A list gives out at most {n} items at once.", "https://docs.slack.dev/apis/web-api/pagination"
    ),
}


def most(name: str) -> int:
    """The number behind `name`; a KeyError means that a rule names a limit that is not in the table."""
    return LIMITS[name].value
