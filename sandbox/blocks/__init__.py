"""Checks of blocks and views: what Slack refuses is refused here, in Slack's kind of words."""

from sandbox.blocks.surfaces import check_home, check_message, check_modal, message_problems, view_problems

__all__ = ["check_home", "check_message", "check_modal", "message_problems", "view_problems"]
