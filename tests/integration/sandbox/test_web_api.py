"""The Web API through slack_sdk's own client: tokens, scopes, channels, messages, cursors, faults."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.support.local_workspace import Local, ManualClock, local_workspace
from tests.support.toybot import card, why_view


@pytest.fixture
async def web(local: Local) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient("xoxb-toy", base_url=f"{local.url}/api/", session=session)


async def error(call) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response["error"]


async def test_tokens(local: Local, web: AsyncWebClient):
    me = await web.auth_test()
    assert (me["team_id"], me["user_id"], me["bot_id"], me["user"]) == ("TACME", "UTOY", "BTOY", "toy")
    web.token = "xoxb-someone-else"
    assert await error(web.auth_test()) == "invalid_auth"
    web.token = "xapp-toy"
    assert await error(web.auth_test()) == "not_allowed_token_type"
    web.token = None
    assert await error(web.auth_test()) == "not_authed"
    assert (await web.api_test())["ok"]


async def test_scopes():
    async with local_workspace(bot_scopes=("commands",)) as local, aiohttp.ClientSession() as session:
        web = AsyncWebClient("xoxb-toy", base_url=f"{local.url}/api/", session=session)
        with pytest.raises(SlackApiError) as refused:
            await web.chat_postMessage(channel="CGEN", text="hi")
        answer = refused.value.response
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_each_answer_tells_slack_s_time_and_the_token_s_scopes():
    clock = ManualClock(1_790_000_000.0)
    async with local_workspace(clock, bot_scopes=("commands", "chat:write")) as local, aiohttp.ClientSession() as web:

        async def told(token: str, method: str = "auth.test") -> tuple[str, str | None]:
            url, headers = f"{local.url}/api/{method}", {"Authorization": f"Bearer {token}"}
            async with web.post(url, headers=headers) as answer:
                assert len(answer.headers.getall("Date")) == 1
                return answer.headers["Date"], answer.headers.get("X-OAuth-Scopes")

        at = "Mon, 21 Sep 2026 14:13:20 GMT"
        assert await told("xoxb-toy") == (at, "commands,chat:write")
        assert await told("xoxb-toy", "users.list") == (at, "commands,chat:write"), "what is refused tells them too"
        assert await told("xapp-toy", "apps.connections.open") == (at, "connections:write")
        assert await told("xoxb-other") == (at, None)


async def test_unknown_methods(web: AsyncWebClient):
    assert await error(web.api_call("chat.shout")) == "unknown_method"


async def test_people(web: AsyncWebClient):
    mona = (await web.users_info(user="UMONA", include_locale=True))["user"]
    assert (mona["profile"]["email"], mona["tz"], mona["locale"]) == ("mona@example.com", "Europe/Berlin", "en-US")
    assert (await web.users_info(user="UGUEST"))["user"]["is_restricted"]
    stranger = (await web.users_info(user="UFAR"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "TFAR")
    assert (await web.users_info(user="UGONE"))["user"]["deleted"]
    assert (await web.users_lookupByEmail(email="BEN@example.com"))["user"]["id"] == "UBEN"
    assert await error(web.users_info(user="UNONE")) == "user_not_found"


async def test_cursors(web: AsyncWebClient):
    seen, cursor = [], ""
    while True:
        answer = await web.users_list(limit=2, cursor=cursor)
        assert len(answer["members"]) <= 2
        seen += [user["id"] for user in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == ["UMONA", "UBEN", "UGUEST", "UFAR", "UGONE", "UTOY"]
    assert await error(web.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_channels(web: AsyncWebClient):
    public = (await web.conversations_list())["channels"]
    assert [(c["name"], c["is_member"]) for c in public] == [("general", True), ("random", False)]
    both = (await web.conversations_list(types="public_channel,private_channel"))["channels"]
    assert [c["name"] for c in both] == ["general", "random", "deal-desk"]
    mine = (await web.users_conversations(types="public_channel,private_channel"))["channels"]
    assert [c["name"] for c in mine] == ["general", "deal-desk"]
    assert not {"is_member", "num_members"} & set(mine[0])
    assert (await web.conversations_members(channel="CGEN"))["members"] == ["UMONA", "UBEN", "UTOY"]
    assert (await web.conversations_open(users="UBEN"))["channel"]["id"] == "DBEN"
    assert await error(web.conversations_info(channel="CNONE")) == "channel_not_found"
    assert await error(web.conversations_history(channel="CRND")) == "not_in_channel"


async def test_messages_are_posted_changed_found_and_deleted(local: Local, web: AsyncWebClient):
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    posted = await web.chat_postMessage(channel="#general", text="one", blocks=card(), metadata=metadata)
    reply = await web.chat_postMessage(channel="CGEN", text="a reply", thread_ts=posted["ts"])
    await web.chat_postEphemeral(channel="CGEN", user="UMONA", text="secret")
    await web.chat_update(channel="CGEN", ts=posted["ts"], text="two")

    history = (await web.conversations_history(channel="CGEN", include_all_metadata=True))["messages"]
    assert [(m["text"], m.get("metadata"), m["reply_count"]) for m in history] == [("two", metadata, 1)]
    assert "blocks" not in history[0]
    bare = await web.chat_update(channel="CGEN", ts=posted["ts"], text="three", blocks=[])
    assert "blocks" not in bare["message"]
    thread = (await web.conversations_replies(channel="CGEN", ts=posted["ts"]))["messages"]
    assert [m["ts"] for m in thread] == [posted["ts"], reply["ts"]]
    assert (await web.conversations_history(channel="CGEN", oldest=posted["ts"]))["messages"] == []
    link = (await web.chat_getPermalink(channel="CGEN", message_ts=posted["ts"]))["permalink"]
    assert link.endswith(f"/archives/CGEN/p{posted['ts'].replace('.', '')}")
    await web.chat_delete(channel="CGEN", ts=posted["ts"])
    assert await error(web.chat_update(channel="CGEN", ts=posted["ts"], text="x")) == "message_not_found"
    assert [c.text for c in await local.slack.as_("mona").messages()] == [
        "This message was deleted.",
        "a reply",
        "secret",
    ]


async def test_where_and_whom_an_app_may_write_to(local: Local, web: AsyncWebClient):
    assert await error(web.chat_postMessage(channel="CRND", text="hi")) == "not_in_channel"
    assert await error(web.api_call("chat.postMessage", json={"channel": "CGEN"})) == "no_text"
    assert await error(web.chat_postEphemeral(channel="CGEN", user="UGUEST", text="hi")) == "user_not_in_channel"
    secret = await web.chat_postEphemeral(channel="CGEN", user="UMONA", text="secret")
    assert await error(web.chat_update(channel="CGEN", ts=secret["message_ts"], text="x")) == "message_not_found"
    await local.slack.as_("ben").says("mine")
    theirs = (await local.slack.as_("ben").messages())[0].ts
    assert await error(web.chat_update(channel="CGEN", ts=theirs, text="x")) == "cant_update_message"
    direct = await web.chat_postMessage(channel="UBEN", text="hello Ben")
    assert direct["channel"] == "DBEN"


async def test_wrong_blocks_are_refused_in_slack_s_words(web: AsyncWebClient):
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel="CGEN", text="x", blocks=[{"type": "section"}])
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must define either `text` or `fields` [json-pointer:/blocks/0]"
    ]
    assert (
        await error(web.api_call("chat.postMessage", data={"channel": "CGEN", "blocks": "{"}))
        == "invalid_blocks_format"
    )
    assert await error(web.views_open(trigger_id="1.2.3", view=why_view())) == "invalid_trigger_id"


async def test_response_urls_over_http(local: Local):
    await local.slack.as_("mona").types("/toy")
    hook = AsyncWebhookClient(local.bot.got[0]["response_url"])
    assert (await hook.send(text="again")).body == "ok"
    assert (await hook.send(text="x", blocks=[{"type": "section"}])).status_code == 400
    for _ in range(3):
        await hook.send(text="more")
    answer = await hook.send(text="too many")
    assert (answer.status_code, "used_url" in answer.body) == (404, True)


async def test_faults(local: Local, web: AsyncWebClient):
    await local.slack.fault("rate_limited", on="chat.postMessage", times=1, retry_after=7)
    assert (await web.auth_test())["ok"]
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel="CGEN", text="hi")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    assert (await web.chat_postMessage(channel="CGEN", text="hi"))["ok"]
    await local.slack.fault("error", times=1)
    async with aiohttp.ClientSession() as session, session.post(f"{local.url}/api/auth.test") as answer:
        assert answer.status == 500
    await local.slack.faults(newer_blocks=False)
    assert await error(web.chat_postMessage(channel="CGEN", text="x", blocks=card())) == "invalid_blocks"
    with pytest.raises(AssertionError, match="There is no switch newr_blocks"):
        await local.slack.faults(newr_blocks=False)
    await local.slack.reset()
    assert (await web.chat_postMessage(channel="CGEN", text="x", blocks=card()))["ok"]
    assert len(await local.slack.as_("mona").messages()) == 1


async def test_only_pages_of_this_computer_reach_it(local: Local):
    async with aiohttp.ClientSession() as session:
        async with session.get(local.url, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 400
        async with session.post(
            f"{local.url}/_client/mona/command", data={"channel": "general", "text": "hi"}
        ) as answer:
            assert answer.status == 400
