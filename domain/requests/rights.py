"""Who may ask for a change, take it back, try it again, give it back, and see what it would do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.company import AssignmentRole, Person, PersonId, SubjectKind
from domain.lines import Lines
from domain.policies import Decision, Permission, Refusal, everyone_in, has
from domain.requests.concerned import named_by, territories_of
from domain.requests.model import Change, ChangeTarget, RequestKind, Reversal


def may_ask_for_any(viewer: Person, today: date) -> Decision:
    """Whether there is any change that somebody may ask for."""
    return has(viewer, Permission.ASK_FOR_CHANGES, today)


def may_ask(viewer: Person, change: Change, lines: Lines, today: date) -> Decision:
    """A rep for what they hold or are named in; a manager for that of everyone below them and of the teams they lead;
    leaders and operations for everything. One side is enough: the other one decides."""
    may = has(viewer, Permission.ASK_FOR_CHANGES, today)
    if not may or has(viewer, Permission.SEE_ALL, today):
        return may
    manages = has(viewer, Permission.SEE_BELOW, today)
    theirs = (lines.below(viewer.id, today) if manages else frozenset[PersonId]()) | {viewer.id}
    if named_by(change) & theirs or any(_holds(theirs, one, lines, today) for one in territories_of(change)):
        return True
    return True if manages and _leads(viewer, theirs, change, lines, today) else _NOT_TO_ASK


def _leads(viewer: Person, theirs: Collection[PersonId], change: Change, lines: Lines, today: date) -> bool:
    """Whether a change is about a team that a manager leads or has below them, or about a territory of one they lead."""
    led = lines.teams_led(viewer.id)
    if isinstance(change, ChangeTarget) and change.subject_kind is SubjectKind.TEAM:
        members = everyone_in(change.subject, lines, today)
        return change.subject in led or bool(members and members <= set(theirs))
    return any(lines.team_of_territory(one) in led for one in territories_of(change))


_NOT_TO_ASK = Refusal(
    "You can ask for changes of your own territories, and a manager for those of everyone who reports to them. "
    "This is outside of that: ask its manager or sales operations."
)


def _holds(people: Collection[PersonId], territory: int, lines: Lines, today: date) -> bool:
    """As primary, or standing in."""
    roles = (AssignmentRole.PRIMARY, AssignmentRole.COVER)
    return any(not set(people).isdisjoint(lines.holders_on(territory, today, role)) for role in roles)


def needs_request(viewer: Person, kind: RequestKind, today: date) -> bool:
    """Whether a change has to be asked for: operations change rules at once."""
    return kind is not RequestKind.BOUNDARY or not has(viewer, Permission.CHANGE_SETTINGS, today)


def may_withdraw(viewer: Person, requester: PersonId, today: date) -> Decision:
    """Who asked, or operations; until it takes effect."""
    if has(viewer, Permission.CHANGE_SETTINGS, today):
        return True
    may = has(viewer, Permission.ASK_FOR_CHANGES, today)
    if not may:
        return may
    return True if viewer.id == requester else Refusal("Only who asked for this, or sales operations, may withdraw it.")


def may_retry(viewer: Person, decided: Collection[PersonId], today: date) -> Decision:
    """Operations, or one of those who decided it."""
    if has(viewer, Permission.CHANGE_SETTINGS, today):
        return True
    may = has(viewer, Permission.DECIDE, today)
    if not may:
        return may
    return True if viewer.id in decided else Refusal("Only who decided this, or sales operations, may try it again.")


def may_reverse(viewer: Person, change: Change, decided: Collection[PersonId], lines: Lines, today: date) -> Decision:
    """Ask for what gives a change back: whoever might ask for the change itself, and who decided it.

    What has been given back is asked for anew, as what it is.
    """
    if isinstance(change, Reversal):
        return Refusal("This gave another request back. To have that again, ask for it anew.")
    if viewer.id in decided and has(viewer, Permission.DECIDE, today):
        return True
    return may_ask(viewer, change, lines, today)


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a request is about. `people` are those whose figures change; `told` is whether they know of it already."""

    requester: PersonId
    deciders: frozenset[PersonId]
    people: frozenset[PersonId]
    told: bool


def may_see_impact(viewer: Person, concerned: Concerned, lines: Lines, today: date) -> Decision:
    """Whether somebody may open the preview at all; what it shows of whom is asked figure by figure.

    Who asked, who decides, who is above somebody concerned, leaders and operations; those concerned themselves, of a
    confidential request only once it is approved.
    """
    may = has(viewer, Permission.SEE_OWN, today)
    if not may or has(viewer, Permission.SEE_ALL, today):
        return may
    if viewer.id == concerned.requester or viewer.id in concerned.deciders:
        return True
    below = lines.below(viewer.id, today) if has(viewer, Permission.SEE_BELOW, today) else frozenset[PersonId]()
    if below & concerned.people or (concerned.told and viewer.id in concerned.people):
        return True
    return Refusal("Who is concerned by this request, and their managers, can see what it would change.")
