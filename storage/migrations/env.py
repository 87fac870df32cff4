"""Alembic's entry: runs on the connection that `storage.migrations.upgrade` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.tables import metadata
from storage.tables.base import UtcDateTime


def _render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Plain SQL types in migrations, so that an old one does not change when a type of ours does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "AutoString":
        return "sa.String()"
    return False


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_item=_render)
context.run_migrations()
