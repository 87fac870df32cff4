"""From the outbox to Slack: nothing is lost, nothing is sent twice."""
