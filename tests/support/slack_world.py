"""A local workspace without a network: Web API calls are made straight, and time stands still until it is stepped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox import api
from sandbox.files import upload
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace
from tests.support.local_workspace import ManualClock, seed

Json = dict[str, Any]


@dataclass
class World:
    """What a test of one rule needs: calls as the app, people who say something, and the clock."""

    clock: ManualClock = field(default_factory=ManualClock)
    ws: Workspace = field(init=False)
    sockets: Sockets = field(init=False)

    def __post_init__(self) -> None:
        self.ws = Workspace(seed(), self.clock)
        self.sockets = Sockets(self.ws.timers, self.ws.app.id, self.ws.ids)

    def call(self, method: str, token: str | None = "xoxb-toy", **args: Any) -> Json:
        """The answer to one call."""
        return api.answer(self.ws, self.sockets, method, args, token)

    def posted(self, channel: str = "CGEN", **more: Any) -> str:
        """The ts of a message that the app has posted."""
        answer = self.call("chat.postMessage", channel=channel, **{"text": "posted"} | more)
        assert answer["ok"], answer
        return str(answer["ts"])

    def secret(self) -> str:
        """The ts of a message of the app that only Mona sees."""
        return str(self.call("chat.postEphemeral", channel="CGEN", user="UMONA", text="secret")["message_ts"])

    def said(self, who: str = "UBEN", channel: str = "CGEN") -> str:
        """The ts of a message that a person has written."""
        return self.ws.post(self.ws.channels[channel], user=who, text="said").ts

    def app(self, **changes: Any) -> None:
        """Change what the seed says of the app."""
        self.ws.seed = self.ws.seed.model_copy(update={"app": self.ws.app.model_copy(update=changes)})

    def announced(self, name: str = "a.png", length: int = 1) -> tuple[str, str]:
        """A file that is to come: its id, and the secret of its address."""
        answer = self.call("files.getUploadURLExternal", filename=name, length=length)
        return answer["file_id"], answer["upload_url"].rpartition("/")[2]

    def uploaded(self, name: str = "a.png") -> str:
        file, secret = self.announced(name)
        upload(self.ws, secret, b"x")
        return file

    def completed(self, name: str = "a.png") -> str:
        file = self.uploaded(name)
        assert self.call("files.completeUploadExternal", files=[{"id": file}])["ok"]
        return file

    def deleted_file(self) -> str:
        file = self.completed()
        assert self.call("files.delete", file=file)["ok"]
        return file

    def trigger(self, view_id: str | None = None) -> str:
        return self.ws.grant_trigger("UMONA", "I1", view_id).id
