"""The rules of territory management as pure functions over frozen values: no I/O, no Slack, no SQL."""
