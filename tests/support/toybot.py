"""A tiny app for testing the local workspace: it answers /toy with every kind of block, and remembers what it got."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def button(words: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(words), "action_id": action_id, **more}


def option(words: str) -> Json:
    return {"text": plain(words), "value": words.lower().replace(" ", "-")}


def number(value: int) -> Json:
    return {"type": "raw_number", "value": value, "text": f"${value:,}"}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


PERIODS = [option(words) for words in ("This quarter", "Last quarter", "This year")]
CONFIRM = {
    "title": plain("Delete it?"),
    "text": plain("It cannot be undone."),
    "confirm": plain("Delete"),
    "deny": plain("Keep"),
}
TEAM = [("Ana Silva", 412_000, 88), ("Ben Okoro", 61_500, 41), ("Chen Li", 298_250, 102), ("Dara Novak", 9_800, 12)]
TEAM += [("Eva Stein", 150_000, 76), ("Femi Ade", 87_400, 64), ("Gus Berg", 233_100, 95)]
CATEGORIES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]


def series(name: str, values: list[int]) -> Json:
    return {"name": name, "data": [{"label": c, "value": v} for c, v in zip(CATEGORIES, values, strict=True)]}


def plot(kind: str) -> Json:
    return {
        "type": "data_visualization",
        "title": f"Credited against target ({kind})",
        "chart": {
            "type": kind,
            "series": [
                series("Credited", [120_000, 260_000, 410_000, 520_000, 700_000, 860_000]),
                series("Target", [150_000, 300_000, 450_000, 600_000, 750_000, 900_000]),
            ],
            "axis_config": {"categories": CATEGORIES, "x_label": "Month", "y_label": "USD, cumulated"},
        },
    }


PIE = {
    "type": "data_visualization",
    "title": "Where it came from",
    "chart": {
        "type": "pie",
        "segments": [{"label": n, "value": v} for n, v in (("New", 62), ("Expansion", 27), ("Renewal", 11))],
    },
}


def card(period: str = "This quarter") -> list[Json]:
    """A card like the ones a sales app shows."""
    rows = [[raw("Person"), raw("Credited"), raw("Of target")]]
    rows += [[raw(n), number(v), {"type": "raw_number", "value": p, "text": f"{p} %"}] for n, v, p in TEAM]
    select = {"type": "static_select", "action_id": "period", "placeholder": plain("Period"), "options": PERIODS}
    select["initial_option"] = next(o for o in PERIODS if o["text"]["text"] == period)
    more = {"type": "overflow", "action_id": "more", "options": [option("Export"), option("Share it")]}
    return [
        {"type": "header", "block_id": "head", "text": plain(f"Central, {period.lower()}")},
        {
            "type": "section",
            "block_id": "lead",
            "text": mrkdwn("*$1.46M* of $3.20M (45.6 %), _8 % behind pace_ ($120k).\n<https://example.com|Globex> closed :tada:"),
            "accessory": more,
        },
        {
            "type": "section",
            "block_id": "facts",
            "fields": [mrkdwn("*To go*\n$1.74M"), mrkdwn("*A day*\n$62k"), mrkdwn("*Forecast*\n$3.02M"), mrkdwn("*Coverage*\n2.4x")],
        },
        {"type": "divider"},
        {"type": "data_table", "block_id": "team", "caption": "Team, worst pace first", "page_size": 5, "rows": rows},
        {"type": "actions", "block_id": "buttons", "elements": [
            button("Why?", "why", style="primary"), select, button("Delete", "delete", style="danger", confirm=CONFIRM),
        ]},
        {"type": "context", "block_id": "fresh", "elements": [mrkdwn("CRM data as of today 06:10 · <@UMONA> · `rev 12`")]},
    ]  # fmt: skip


def why_view(page: int = 1) -> Json:
    deals = "\n".join(f"• Deal {page}{n}: ${n * 1_250:,}" for n in range(1, 9))
    return {
        "type": "modal",
        "callback_id": "why",
        "title": plain("Why $1.46M?"),
        "close": plain("Close"),
        "blocks": [
            {"type": "alert", "level": "info", "text": plain("Figures of revision 12; preliminary until the period closes.")},
            {"type": "section", "block_id": "sum", "text": mrkdwn(f"*Page {page} of 3*\n{deals}")},
            {"type": "actions", "block_id": "pager", "elements": [button("Next", "next", value=str(page + 1)), button("Open a deal", "push")]},
        ],
    }  # fmt: skip


LOADING = {
    "type": "modal",
    "title": plain("Why?"),
    "blocks": [{"type": "section", "text": plain("One moment: I am looking this up.")}],
}
FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Set a target"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        {"type": "input", "block_id": "amount", "label": plain("Amount"), "hint": plain("In whole dollars."),
         "element": {"type": "plain_text_input", "action_id": "value", "placeholder": plain("250,000")}},
        {"type": "input", "block_id": "who", "label": plain("For"),
         "element": {"type": "static_select", "action_id": "value", "placeholder": plain("Choose a person"), "options": [option("Ana Silva"), option("Ben Okoro")]}},
        {"type": "input", "block_id": "from", "label": plain("From"), "optional": True, "element": {"type": "datepicker", "action_id": "value", "initial_date": "2026-10-01"}},
        {"type": "input", "block_id": "spread", "label": plain("Spread"), "optional": True,
         "element": {"type": "radio_buttons", "action_id": "value", "options": [option("By business days"), option("By season")], "initial_option": option("By season")}},
        {"type": "input", "block_id": "tell", "label": plain("Tell"), "optional": True,
         "element": {"type": "checkboxes", "action_id": "value", "options": [option("The owner"), option("Their manager")]}},
        {"type": "input", "block_id": "compare", "label": plain("Compare with"), "optional": True,
         "element": {"type": "multi_external_select", "action_id": "value", "placeholder": plain("Type a period"), "min_query_length": 0, "max_selected_items": 2}},
    ],
}  # fmt: skip


@dataclass
class ToyBot:
    """The app. `handle` is the same for HTTP and Socket Mode: a payload in, the acknowledgement's body out."""

    api_url: str
    secret: str
    token: str
    got: list[Json] = field(default_factory=list)
    unsigned: int = 0
    session: aiohttp.ClientSession | None = None

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        stamp = request.headers["x-slack-request-timestamp"]
        expected = "v0=" + hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        if expected != request.headers["x-slack-signature"]:
            self.unsigned += 1
            return PlainTextResponse("bad signature", status_code=401)
        if request.headers["content-type"] == "application/json":
            payload = json.loads(body)
        else:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            payload = json.loads(form["payload"]) if "payload" in form else form
        if payload.get("text") == "fail":
            return PlainTextResponse("oops", status_code=500)
        answer = await self.handle(payload)
        return JSONResponse(answer) if answer is not None else PlainTextResponse("")

    async def handle(self, payload: Json) -> Json | None:
        self.got.append(payload)
        if "command" in payload:
            return await self._command(payload)
        kind = payload["type"]
        if kind == "block_actions":
            await self._action(payload, payload["actions"][0])
        elif kind == "view_submission":
            return self._submission(payload)
        elif kind == "block_suggestion":
            return {"options": [o for o in PERIODS if payload["value"].lower() in o["value"]]}
        elif kind == "event_callback":
            await self._event(payload["event"])
        return None

    async def _command(self, payload: Json) -> Json | None:
        words = payload["text"]
        if words == "form":
            await self.call("views.open", trigger_id=payload["trigger_id"], view=FORM)
            return None
        if words == "charts":
            await self.respond(payload["response_url"], text="Charts", blocks=[plot("line"), PIE])
            await self.respond(payload["response_url"], text="Charts", blocks=[plot("bar"), plot("area")])
            return None
        if words == "late":
            await self.respond(payload["response_url"], text="Late", blocks=card(), response_type="in_channel")
            return None
        if words == "broken":
            return {"text": "Broken", "blocks": [{"type": "section"}]}
        return {"text": "Central: $1.46M of $3.20M", "blocks": card()}

    async def _action(self, payload: Json, action: Json) -> None:
        trigger, url = payload["trigger_id"], payload.get("response_url", "")
        if action["action_id"] == "why":
            opened = await self.call("views.open", trigger_id=trigger, view=LOADING)
            await self.call("views.update", view_id=opened["view"]["id"], view=why_view())
        elif action["action_id"] == "next":
            await self.call("views.update", view_id=payload["view"]["id"], view=why_view(int(action["value"])))
        elif action["action_id"] == "push":
            await self.call("views.push", trigger_id=trigger, view=FORM)
        elif action["action_id"] == "period":
            chosen = action["selected_option"]["text"]["text"]
            await self.respond(url, replace_original=True, text=chosen, blocks=card(chosen))
        elif action["action_id"] == "delete":
            await self.respond(url, delete_original=True)

    def _submission(self, payload: Json) -> Json | None:
        amount = payload["view"]["state"]["values"]["amount"]["value"]["value"]
        if not amount.replace(",", "").isdigit():
            return {"response_action": "errors", "errors": {"amount": f"I cannot read {amount!r} as an amount."}}
        return None

    async def _event(self, event: Json) -> None:
        if event["type"] == "app_home_opened":
            home = {
                "type": "home",
                "blocks": [{"type": "header", "text": plain("What needs you")}, card()[4], card()[1]],
            }
            await self.call("views.publish", user_id=event["user"], view=home)
        elif event["type"] in ("message", "app_mention") and "bot_id" not in event and "subtype" not in event:
            await self.call("chat.postMessage", channel=event["channel"], text=f"You said: {event['text']}")

    async def call(self, method: str, **args: Any) -> Json:
        """Call the Web API; returns the answer, whatever it is."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self._open().post(f"{self.api_url}{method}", json=args, headers=headers) as response:
            answer: Json = await response.json()
            return answer

    async def respond(self, url: str, **body: Any) -> int:
        async with self._open().post(url, json=body) as response:
            return response.status

    def _open(self) -> aiohttp.ClientSession:
        if self.session is None:
            self.session = aiohttp.ClientSession()
        return self.session
