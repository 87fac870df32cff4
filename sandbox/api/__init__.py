"""Slack's Web API, as far as the workspace knows it. Each module registers its methods when it is imported."""

from sandbox.api import apps, chat, conversations, files, users, views  # noqa: F401 - they register their methods
from sandbox.api.kit import METHODS, Call, Method, answer, perform

__all__ = ["METHODS", "Call", "Method", "answer", "perform"]
