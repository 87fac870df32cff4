"""What the log never holds."""

import json
import logging

import pytest
import structlog

from bot.logs import configure, redact

HIDDEN = [
    "xoxb-12-abcDEF",
    "xapp-1-A0-99-ff",
    "xoxe.xoxp-1-abc",
    "postgresql://turf:pass@db/turf",
    "https://hooks.slack.com/commands/T1/2/secretpart",
    "https://hooks.slack.com/actions/T1/2/secretpart",
    "Authorization: Bearer abc.def",
    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "wss://wss-primary.slack.com/link/?ticket=abc-def",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_secrets_are_cut_out(text: str) -> None:
    shown = redact(f"before {text} after")
    assert "[secret]" in shown
    assert shown.startswith("before")
    assert shown.endswith("after")
    for part in ("abc", "secretpart", "pass", "a2114d", "-99-"):
        assert part not in shown


@pytest.fixture
def restored() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_is_json_with_the_reference_and_without_tokens(
    restored: object, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("json")
    structlog.contextvars.bind_contextvars(reference="ABC-1234")
    structlog.get_logger("turf.test").warning("it failed", why="token xoxb-1-secret")
    logging.getLogger("some.library").warning("with %s", "xoxb-2-secret")
    try:
        raise RuntimeError("xoxb-3-secret")
    except RuntimeError as error:
        structlog.get_logger("turf.test").error("worse", exc_info=error)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["it failed", "with [secret]", "worse"]
    assert {line["reference"] for line in lines} == {"ABC-1234"}
    assert "RuntimeError" in lines[2]["exception"]
    assert "secret" not in json.dumps(lines).replace("[secret]", "")
