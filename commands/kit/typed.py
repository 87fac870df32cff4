"""The words that follow a slash command, as they were typed."""


def unknown(words: list[str]) -> str:
    """The word that no sub-command has; empty if none was typed, or `help`."""
    return words[0] if words and words[0].lower() != "help" else ""


def lower(words: list[str]) -> list[str]:
    return [word.lower() for word in words]


def after(text: str, words: int) -> str:
    """What follows the first `words` words, as it was typed."""
    parts = text.split(None, words)
    return parts[words] if len(parts) > words else ""
