"""The table of rules: what Slack refuses and the workspace refuses too, each with the page that states it.

Numbers are in `limits`; here stand the rules without one. `page` is None where Slack documents nothing: such a rule is
an assumption, on the strict side. tests/support/slack_rules.py keeps every row with a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.limits import LIMITS

_DOCS: Final = "https://docs.slack.dev/"
_METHODS: Final = f"{_DOCS}reference/methods/"
_BLOCKS: Final = f"{_DOCS}reference/block-kit/blocks/"
_ELEMENTS: Final = f"{_DOCS}reference/block-kit/block-elements/"
_OBJECTS: Final = f"{_DOCS}reference/block-kit/composition-objects/"
_INTERACTION: Final = f"{_DOCS}interactivity/handling-user-interaction"
_MODALS: Final = f"{_DOCS}surfaces/modals"
_WEB_API: Final = f"{_DOCS}apis/web-api/"


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence, the answer to whoever breaks it, and the page that states it (None: assumed)."""

    says: str
    answer: str
    page: str | None


RULES: Final[dict[str, Rule]] = {
    # blocks
    "block.kind": Rule("A message, a modal and a Home tab each have their own kinds of blocks.", "invalid_blocks", f"{_DOCS}reference/block-kit/blocks"),
    "block.field": Rule("A block has no fields but its own.", "invalid_blocks", None),
    "block.object": Rule("A block is an object.", "invalid_blocks", None),
    "block.newer": Rule("A workspace that does not know a block refuses the whole message.", "invalid_blocks", None),
    "block_id.unique": Rule("A block_id occurs once in a message or view.", "invalid_blocks", f"{_BLOCKS}section-block"),
    "action_id.unique": Rule("An action_id occurs once in a block.", "invalid_blocks", f"{_ELEMENTS}button-element"),
    "text.kind": Rule("A text object is plain_text or mrkdwn, where a block takes both.", "invalid_blocks", f"{_OBJECTS}text-object"),
    "text.empty": Rule("A text is not empty.", "invalid_blocks", f"{_OBJECTS}text-object"),
    "section.content": Rule("A section has a text or fields.", "invalid_blocks", f"{_BLOCKS}section-block"),
    "section.accessory": Rule("A section's accessory is an element that stands there.", "invalid_blocks", f"{_BLOCKS}section-block"),
    "header.kind": Rule("A header is plain_text.", "invalid_blocks", f"{_BLOCKS}header-block"),
    "actions.least": Rule("An actions block has an element.", "invalid_blocks", f"{_BLOCKS}actions-block"),
    "actions.kind": Rule("An actions block has no menus for several options.", "invalid_blocks", f"{_BLOCKS}actions-block"),
    "image.source": Rule("An image has either image_url or slack_file.", "invalid_blocks", f"{_BLOCKS}image-block"),
    "button.style": Rule("A button's style is primary or danger.", "invalid_blocks", f"{_ELEMENTS}button-element"),
    "select.content": Rule("A static select has either options or option_groups.", "invalid_blocks", f"{_ELEMENTS}select-menu-element"),
    "select.initial": Rule("What is chosen at first is one of the options.", "invalid_blocks", f"{_ELEMENTS}select-menu-element"),
    "datepicker.initial": Rule("A date is a real day as YYYY-MM-DD.", "invalid_blocks", f"{_ELEMENTS}date-picker-element"),
    "timepicker.initial": Rule("A time is HH:mm.", "invalid_blocks", f"{_ELEMENTS}time-picker-element"),
    "datetimepicker.initial": Rule("A time with its day is a UNIX timestamp of ten digits.", "invalid_blocks", f"{_ELEMENTS}datetime-picker-element"),
    "option.url": Rule("Only the options of an overflow menu have an address.", "invalid_blocks", f"{_OBJECTS}option-object"),
    "confirm.fields": Rule("A confirmation has a title, a text and two buttons.", "invalid_blocks", f"{_OBJECTS}confirmation-dialog-object"),
    "data_table.least": Rule("A data_table has a row below its header.", "invalid_blocks", f"{_BLOCKS}data-table-block"),
    "data_table.caption": Rule("A data_table has a caption.", "invalid_blocks", f"{_BLOCKS}data-table-block"),
    "data_table.row_header": Rule("row_header_column_index is one of the columns.", "invalid_blocks", f"{_BLOCKS}data-table-block"),
    "data_table.width": Rule("All rows of a data_table are equally wide.", "invalid_blocks", None),
    "chart.kind": Rule("A chart is a line, bar, area or pie.", "invalid_blocks", f"{_BLOCKS}data-visualization-block"),
    "chart.pie_value": Rule("A pie's values are above zero.", "invalid_blocks", f"{_BLOCKS}data-visualization-block"),
    "chart.categories": Rule("Each series has one point for each category.", "invalid_blocks", f"{_BLOCKS}data-visualization-block"),
    "rich_text.parts": Rule("rich_text holds sections, lists, quotes and preformatted text.", "invalid_blocks", f"{_BLOCKS}rich-text-block"),
    # views
    "view.kind": Rule("A view is a modal or a Home tab.", "invalid_arguments", f"{_DOCS}reference/views"),
    "view.has_title": Rule("A modal has a title.", "invalid_arguments", f"{_DOCS}reference/views/modal-views"),
    "home.fields": Rule("A Home tab has neither a title nor buttons of its own.", "invalid_arguments", f"{_DOCS}reference/views/home-tab-views"),
    "view.focus": Rule("One element of a view has focus_on_load.", "invalid_arguments", f"{_ELEMENTS}datetime-picker-element"),
    "input.bounds": Rule("The bounds of a number_input are strings.", "invalid_arguments", f"{_ELEMENTS}number-input-element"),
    "view.has_submit": Rule("A modal with inputs has a submit button.", "invalid_arguments", f"{_DOCS}reference/views/modal-views"),
    "view.no_tables": Rule("A modal has no tables.", "invalid_arguments", f"{_BLOCKS}data-table-block"),
    "view.no_charts": Rule("A view has no charts.", "invalid_arguments", f"{_BLOCKS}data-visualization-block"),
    "input.element": Rule("An input holds a field, not a button.", "invalid_arguments", f"{_BLOCKS}input-block"),
    "input.decimal": Rule("A number_input says whether decimals are allowed.", "invalid_arguments", f"{_ELEMENTS}number-input-element"),
    "file_input.place": Rule("A file_input stands in an input of a modal, and nowhere else.", "invalid_arguments", f"{_ELEMENTS}file-input-element"),
    "file_input.fields": Rule("A file_input has no placeholder, no confirmation and no focus.", "invalid_arguments", f"{_ELEMENTS}file-input-element"),
    "file_input.scope": Rule("A view asks for files only with the scope files:read.", "missing_scope", f"{_ELEMENTS}file-input-element"),
    "file_input.kind": Rule("A file that is uploaded is of one of the extensions that are asked for.", "client_error", f"{_ELEMENTS}file-input-element"),
    "file_input.own": Rule("A person hands in files that they uploaded themselves.", "client_error", None),
    "file_input.state": Rule("The state holds the files as objects, as files.info gives them.", "", None),
    "alert.level": Rule("An alert is default, info, warning, error or success.", "invalid_arguments", f"{_BLOCKS}alert-block"),
    "trigger.once": Rule("A trigger id is exchanged once.", "exchanged_trigger_id", _INTERACTION),
    "trigger.known": Rule("A trigger id comes from an interaction.", "invalid_trigger_id", f"{_METHODS}views.open"),
    "view.push": Rule("views.push needs an open modal that the trigger came from.", "not_found", f"{_METHODS}views.push"),
    "view.hash": Rule("views.update and views.publish with the hash of an older state are refused.", "hash_conflict", f"{_MODALS}#handling_race_conditions"),
    "view.known": Rule("A view that is updated is open.", "not_found", f"{_METHODS}views.update"),
    "view.external_id_unique": Rule("An external_id is unique among the open views.", "duplicate_external_id", f"{_METHODS}views.open"),
    "home.user": Rule("A Home tab belongs to someone.", "user_not_found", None),
    # tokens and scopes
    "token.given": Rule("A call has a token.", "not_authed", f"{_WEB_API}#evaluating_responses"),
    "token.known": Rule("The token is the app's.", "invalid_auth", f"{_WEB_API}#evaluating_responses"),
    "token.kind": Rule("A method takes the bot's token or the app's token, not either.", "not_allowed_token_type", f"{_METHODS}auth.test"),
    "token.scope": Rule("The token has the method's scope.", "missing_scope", f"{_DOCS}reference/scopes"),
    "method.known": Rule("A method exists.", "unknown_method", f"{_METHODS}api.test"),
    # messages
    "post.channel": Rule("The channel exists and the app can see it.", "channel_not_found", f"{_METHODS}chat.postMessage"),
    "post.member": Rule("The app posts where it is a member; with chat:write.public also in public channels.", "not_in_channel", f"{_METHODS}chat.postMessage"),
    "post.content": Rule("A message has a text or blocks.", "no_text", f"{_METHODS}chat.postMessage"),
    "ephemeral.member": Rule("Whoever is to see an ephemeral message is in the channel.", "user_not_in_channel", f"{_METHODS}chat.postEphemeral"),
    "update.own": Rule("chat.update changes the app's own messages.", "cant_update_message", f"{_METHODS}chat.update"),
    "update.ephemeral": Rule("chat.update does not find ephemeral messages.", "message_not_found", f"{_DOCS}messaging/modifying-messages"),
    "update.archived": Rule("Nothing is changed in an archived channel.", "is_inactive", f"{_METHODS}chat.update"),
    "update.blocks": Rule("chat.update with a text and no blocks takes the blocks away.", "", f"{_METHODS}chat.update"),
    "update.edited": Rule("A message with blocks is not marked as edited.", "", f"{_METHODS}chat.update"),
    "delete.own": Rule("chat.delete deletes the app's own messages.", "cant_delete_message", f"{_METHODS}chat.delete"),
    "permalink.message": Rule("A permalink leads to a message that is there.", "message_not_found", f"{_METHODS}chat.getPermalink"),
    # channels and people
    "post.archived": Rule("Nothing is posted into an archived channel.", "is_archived", f"{_METHODS}chat.postMessage"),
    "post.thread": Rule("A reply goes to a message that is there.", "thread_not_found", None),
    "post.reply": Rule("A reply goes to the parent, not to another reply.", "cannot_reply_to_message", f"{_METHODS}chat.postMessage"),
    "post.metadata": Rule("Metadata has an event_type and an event_payload, and nothing else.", "invalid_metadata_schema", f"{_DOCS}messaging/message-metadata"),
    "channel.id": Rule("Only where a message is posted may a channel be named by its name or a person's id.", "channel_not_found", f"{_METHODS}conversations.history"),
    "history.metadata": Rule("History gives out metadata with metadata.message:read and include_all_metadata.", "", f"{_DOCS}reference/scopes/metadata.message.read"),
    "history.threads": Rule("History holds no replies except those that were sent to the channel too.", "", f"{_METHODS}conversations.history"),
    "delete.thread": Rule("A deleted message with replies leaves a tombstone.", "", None),
    "join.private": Rule("An app joins public channels only.", "method_not_supported_for_channel_type", f"{_METHODS}conversations.join"),
    "leave.general": Rule("Nobody leaves #general.", "cant_leave_general", f"{_METHODS}conversations.leave"),
    "list.limit": Rule("A limit is a number from 1.", "invalid_limit", f"{_METHODS}conversations.list"),
    "list.types": Rule("The kinds of channels are public_channel, private_channel, mpim and im.", "invalid_types", f"{_METHODS}conversations.list"),
    "token.revoked": Rule("A revoked token is worth nothing.", "token_revoked", f"{_METHODS}auth.revoke"),
    "token.uninstalled": Rule("So is the token of an app that was taken out of the workspace.", "account_inactive", f"{_METHODS}auth.test"),
    # files
    "file.length": Rule("A file's content is as long as announced.", "file_upload_size_mismatch", None),
    "file.empty": Rule("A file is not empty.", "missing_argument", f"{_METHODS}files.getUploadURLExternal"),
    "file.uploaded": Rule("A file is completed once, after it was uploaded.", "file_not_found", f"{_METHODS}files.completeUploadExternal"),
    "file.known": Rule("A file is there, and completed.", "file_not_found", f"{_METHODS}files.info"),
    "file.deleted": Rule("A deleted file is gone.", "file_deleted", f"{_METHODS}files.info"),
    "file.token": Rule("A file's address gives the content to the bot's token with files:read only.", "", f"{_DOCS}reference/objects/file-object"),
    "picture.ready": Rule("A slack_file in blocks is a picture that is ready.", "invalid_blocks", f"{_OBJECTS}slack-file-object"),
    "picture.one": Rule("A slack_file has either an id or a url.", "invalid_blocks", f"{_OBJECTS}slack-file-object"),
    # deliveries
    "event.subscribed": Rule("An event is sent if the app subscribed to it.", "", f"{_DOCS}apis/events-api/"),
    "event.scope": Rule("An event is sent if the app has a scope for it.", "", f"{_DOCS}apis/events-api/"),
    "event.member": Rule("An app hears of messages where it is a member.", "", f"{_DOCS}reference/events/message.channels"),
    "event.own": Rule("An app hears of its own messages too, with its bot_id.", "", f"{_DOCS}reference/events/message"),
    "event.retry": Rule("A repeated event says which time it is and why.", "", f"{_DOCS}apis/events-api/"),
    "event.no_retry": Rule("An app that answers with X-Slack-No-Retry gets it no more.", "", f"{_DOCS}apis/events-api/"),
    "delivery.once": Rule("Commands and interactions are sent once.", "", _INTERACTION),
    "response.replace": Rule("A command's answers are new messages, even with replace_original: only a message that was acted upon is replaced.", "", None),
    "response.delete": Rule("A command's response url has no message to delete.", "message_not_found", None),
    "command.scope": Rule("Commands and shortcuts need the scope commands.", "", f"{_DOCS}reference/scopes/commands"),
    "interaction.on": Rule("Clicks, forms, menus and shortcuts are sent if interactivity is on.", "", _INTERACTION),
    "command.thread": Rule("A slash command does not work in a thread.", "command_in_thread", f"{_DOCS}interactivity/implementing-slash-commands"),
    "command.escape": Rule("With should_escape a command names people and channels by their ids.", "", f"{_DOCS}interactivity/implementing-slash-commands"),
    "invite.channel": Rule("/invite and /remove work in channels, where one is a member.", "method_not_supported_for_channel_type", f"{_METHODS}conversations.invite"),
    "invite.archived": Rule("Nobody is invited into an archived channel.", "is_archived", f"{_METHODS}conversations.invite"),
    "invite.people": Rule("/invite and /remove name people or apps of this workspace.", "user_not_found", f"{_METHODS}conversations.invite"),
    "invite.new": Rule("Who is invited is not in the channel yet.", "already_in_channel", f"{_METHODS}conversations.invite"),
    "invite.self": Rule("Nobody invites themselves.", "cant_invite_self", f"{_METHODS}conversations.invite"),
    "invite.event": Rule("The app hears of whoever comes into its channels, and who invited them.", "", f"{_DOCS}reference/events/member_joined_channel"),
    "archive.general": Rule("Nobody archives #general.", "cant_archive_general", f"{_METHODS}conversations.archive"),
    "archive.event": Rule("The app hears of public channels that are archived or deleted, and of private ones where it is.", "", f"{_DOCS}reference/events/channel_archive"),
    "remove.event": Rule("The app hears that it was taken out by channel_left or group_left, and by no member_left_channel.", "", f"{_DOCS}reference/events/channel_left"),
    "remove.member": Rule("Who is removed is in the channel.", "not_in_channel", f"{_METHODS}conversations.kick"),
    "remove.self": Rule("Nobody removes themselves.", "cant_kick_self", f"{_METHODS}conversations.kick"),
    "remove.general": Rule("Nobody is removed from #general.", "cant_kick_from_general", f"{_METHODS}conversations.kick"),
    "shortcut.global": Rule("A global shortcut brings neither a channel nor a response url.", "", f"{_DOCS}interactivity/implementing-shortcuts"),
    "shortcut.message": Rule("A message that only one person sees has no shortcuts.", "", f"{_DOCS}interactivity/implementing-shortcuts"),
    "socket.one": Rule("An envelope goes to one of the connections.", "", f"{_DOCS}apis/events-api/using-socket-mode"),
    "history.member": Rule("The app reads where it is a member.", "not_in_channel", f"{_METHODS}conversations.history"),
    "replies.thread": Rule("conversations.replies needs a message that is there.", "thread_not_found", f"{_METHODS}conversations.replies"),
    "list.cursor": Rule("A cursor comes from an earlier answer.", "invalid_cursor", f"{_WEB_API}pagination"),
    "open.bot": Rule("The app has no direct message with a bot.", "cannot_dm_bot", None),
    "post.reachable": Rule("A message to a person's id needs somebody who can be written to.", "channel_not_found", f"{_METHODS}chat.postMessage"),
    "open.disabled": Rule("The app opens no direct message with a deactivated account.", "user_disabled", f"{_METHODS}conversations.open"),
    "people.known": Rule("The person is in the workspace.", "user_not_found", f"{_METHODS}users.info"),
    "people.email": Rule("The address is an active person's.", "users_not_found", f"{_METHODS}users.lookupByEmail"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. A limit has no one answer: the same number holds for messages and for views."""

    key: str
    says: str
    answer: str
    page: str | None


def rows() -> Iterator[Row]:
    """The whole table, in the order in which it is read."""
    for key, limit in LIMITS.items():
        page = None if limit.assumed else limit.page
        yield Row(key, limit.says.format(n=f"{limit.value:,}"), "", page)
    for key, rule in RULES.items():
        yield Row(key, rule.says, rule.answer, rule.page)


def markdown() -> str:
    """The table as Markdown."""
    lines = ["| rule | what it says | answer | from |\n", "|---|---|---|---|\n"]
    for row in rows():
        answer = f"`{row.answer}`" if row.answer else ""
        source = f"[{row.page.removeprefix(_DOCS)}]({row.page})" if row.page else "assumed"
        lines.append(f"| `{row.key}` | {row.says} | {answer} | {source} |\n")
    return "".join(lines)
