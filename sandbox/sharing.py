"""Puts a file that has become ready into the channel that it was completed for."""

from __future__ import annotations

from sandbox.files import is_ready
from sandbox.messages import post_as_app
from sandbox.workspace import Workspace


def settle(ws: Workspace) -> None:
    """Share every file that became ready since."""
    for file in list(ws.files.values()):
        if is_ready(ws, file) and not file.shared:
            file.shared = True
            channel = ws.channels.get(file.share.get("channel", ""))
            if channel is None:
                continue
            together = [f for f in ws.files.values() if f.share is file.share and is_ready(ws, f)]
            for other in together:
                other.shared = True
                other.channels.append(channel.id)
            content = {"text": file.share["text"], "blocks": file.share["blocks"], "files": [f.id for f in together]}
            post_as_app(ws, channel, content, thread_ts=file.share["thread_ts"])
            for other in together:
                ws.emit(
                    "file_shared",
                    {
                        "type": "file_shared",
                        "file_id": other.id,
                        "file": {"id": other.id},
                        "user_id": other.user,
                        "channel_id": channel.id,
                        "event_ts": f"{ws.clock.now():.6f}",
                    },
                )
