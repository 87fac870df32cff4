"""A local Slack workspace: Slack's protocol on one side, a page in the browser on the other.

It knows nothing of the bot it hosts: the two talk over the wire only. State is kept in memory.
"""
