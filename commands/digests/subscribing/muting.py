"""`/digest mute` and `unmute`: sections that somebody does not want to see in direct messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from commands.digests.buttons import MUTE as MUTE_IN_DIGEST
from commands.digests.subscribing import answers
from commands.digests.subscribing.controls import MUTE_ONE, UNMUTE_ONE
from commands.kit import Call, Reply
from commands.kit.registry import ActionHandler, Command, Registry
from commands.kit.sections import TO_ONE
from domain import policies
from domain.errors import NotFound
from storage import subscriptions
from storage.writing import Writing
from templates import name

ALIKE = 70
"""How alike (of 100) what was typed must be to a section's title, or a word of it, for it to be offered."""
OFFERED = 5


@dataclass(frozen=True, slots=True)
class Muting:
    """Knows which sections there are."""

    registry: Registry

    @property
    def sections(self) -> dict[str, str]:
        """Keys and titles of those that a digest by direct message can do without."""
        return {one.key: one.title for one in self.registry.sections() if one.title and one.audience & TO_ONE}

    async def mute(self, call: Call, repo: Writing) -> Reply:
        return await self._set(call, repo, call.text, muted=True)

    async def unmute(self, call: Call, repo: Writing) -> Reply:
        return await self._set(call, repo, call.text, muted=False)

    async def mute_one(self, call: Call, repo: Writing) -> Reply:
        return await self._set(call, repo, call.value, muted=True, replace=True)

    async def unmute_one(self, call: Call, repo: Writing) -> Reply:
        return await self._set(call, repo, call.value, muted=False, replace=True)

    async def choose(self, call: Call, repo: Writing) -> Reply:
        """From the menu below a digest, whose number is no section."""
        return await self._set(call, repo, "", muted=True)

    async def _set(self, call: Call, repo: Writing, typed: str, *, muted: bool, replace: bool = False) -> Reply:
        """The sections as they are then; what was typed is the one to change, if anything was."""
        policies.require(policies.may_see_figures(call.person, call.today))
        sections, at = self.sections, (repo.connection, repo.workspace_id)
        key = section_of(typed, sections) if typed.strip() else None
        if key is not None:
            change = subscriptions.mute if muted else subscriptions.unmute
            if await change(*at, call.person.id, key):
                what = "digest.mute" if muted else "digest.unmute"
                await repo.audit(what, "person", call.person.id, after={"section": key})
        now = await subscriptions.muted_sections(*at, call.person.id)
        return answers.sections(sections, now, changed=key, muted=muted, replace=replace)


def section_of(typed: str, sections: Mapping[str, str]) -> str:
    """The key of the section that was meant. Raises NotFound with the nearest titles."""
    wanted = typed.casefold().strip().strip("\"'")
    whole = [key for key, title in sections.items() if wanted in (key, title.casefold())]
    begun = [key for key, title in sections.items() if title.casefold().startswith(wanted)]
    for found in (whole, begun):
        if len(found) == 1:
            return found[0]
    near = _near(wanted, list(sections.values()))
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sections.values())}."
    raise NotFound(f"I don't know a section '{name(typed)}'. {hint}", near, asked=typed)


def _near(wanted: str, titles: list[str]) -> list[str]:
    from rapidfuzz import fuzz

    # `lost` is like a word of "Won and lost", not like the whole of it.
    likeness = {
        title: max(fuzz.ratio(wanted, one) for one in (title.casefold(), *title.casefold().split())) for title in titles
    }
    near = [title for title in titles if likeness[title] >= ALIKE]
    return sorted(near, key=lambda title: -likeness[title])[:OFFERED]


def register(registry: Registry) -> None:
    muting, may = Muting(registry), policies.may_see_figures
    registry.add(
        Command(
            "/digest mute",
            muting.mute,
            "Leave a section out of the digests that you get by direct message",
            usage="[SECTION]",
            effect=True,
            may=may,
            examples=(
                ("/digest mute", "the sections, to choose from"),
                ("/digest mute forecast", "without the forecast"),
            ),
        )
    )
    registry.add(
        Command(
            "/digest unmute",
            muting.unmute,
            "Show a section again in the digests that you get by direct message",
            usage="[SECTION]",
            effect=True,
            may=may,
        )
    )
    registry.add(ActionHandler(MUTE_ONE, muting.mute_one, effect=True))
    registry.add(ActionHandler(UNMUTE_ONE, muting.unmute_one, effect=True))
    registry.add(ActionHandler(MUTE_IN_DIGEST, muting.choose, effect=True))
