"""By which policy requests are made."""

from domain.requests.policy import RequestPolicy

POLICY = RequestPolicy()
"""The defaults: they hold while a workspace has set nothing else."""
