"""Structured logs: one line an event, with the request's reference, without tokens and without what people wrote."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xoxe\.[\w.-]+|xapp-[\w-]+|v0=[0-9a-f]{16,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(https?://[^\s\"']*/(?:commands|actions|response|services)/)[^\s\"']+|(?i:bearer) [\w.-]+|(?<=ticket=)[\w-]+"
)


_SIGNS = ("xox", "xapp-", "v0=", "://", "earer ", "EARER ", "ticket=")
"""No secret without one of these; looking for them takes a twentieth of the time of the pattern."""
_encoder = json.JSONEncoder(default=repr)


def redact(text: str) -> str:
    """`text` without tokens, signatures, passwords in addresses and response_urls."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return _SECRETS.sub(lambda found: (found[1] or "") + "[secret]", text)


def _json_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return redact(_encoder.encode(event))


def _text_line() -> Any:
    render = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return lambda logger, method, event: redact(render(logger, method, event))


def configure(form: Literal["json", "text"], *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers to standard error, in one form.

    Our own lines do not pass through the standard library: that costs several times as much as the line itself.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: Any = _json_line if form == "json" else _text_line()
    structlog.configure(
        processors=[*shared, last],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(shared, last, level)


def _configure_libraries(shared: list[Any], last: Any, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    finish = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    foreign = [structlog.stdlib.add_logger_name, *shared]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=finish, foreign_pre_chain=foreign))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These tell the contents of requests, or each request twice.
    for name in ("slack_bolt", "slack_sdk", "aiohttp", "uvicorn", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
