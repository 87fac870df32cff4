"""The words that people read: Jinja templates that know Slack's escaping.

Each value that a template prints comes out as text, never as mark-up; what is mark-up on purpose is a `Mrkdwn`. Macros
and set-blocks would be escaped a second time, so templates use neither.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from templates.escaping import EMPTY, NAME, Mrkdwn, as_text, clip, escape, link, name, neutralise, visible
from templates.filters import FILTERS, template_filter

__all__ = [
    "EMPTY",
    "NAME",
    "Mrkdwn",
    "as_text",
    "clip",
    "environment",
    "escape",
    "link",
    "name",
    "neutralise",
    "render",
    "template_filter",
    "visible",
]


@cache
def environment() -> Environment:
    """The one environment, made at the first use."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        # HTML escaping spoils Slack text (O'Brien would become O&#39;Brien): the finalizer escapes what Slack wants escaped.
        autoescape=False,  # noqa: S701
        finalize=as_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    return made


def render(name: str, /, **values: object) -> Mrkdwn:
    """The words of the template `name` (`kit/help.mrkdwn.j2`); a value that it needs and did not get is an error."""
    return Mrkdwn(environment().get_template(name).render(values).strip())
