"""Who may do what: permissions of roles as data, and pure functions that answer True or say why not.

Services ask them (`require`), so that no button, job or command goes around them. Access to a person's figures follows
today's reporting line.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar

from domain.company import AssignmentRole, Person, PersonId, Role, SubjectKind, TeamId, TerritoryId
from domain.disclosure import Portion, tells_of_few
from domain.errors import NotAllowed
from domain.lines import Lines

K = TypeVar("K", bound=int)


class Permission(StrEnum):
    SEE_OWN = "see their own figures and those of their territories"
    SEE_BELOW = "see the figures of everyone who reports to them"
    SEE_ALL = "see all figures"
    SEE_NAMES = "see the names of territories and of those who hold them"
    SET_BELOW = "set targets of people who report to them, and of what those people hold"
    SET_ALL = "set any target"
    IMPORT = "import and export data"
    CHANGE_SETTINGS = "change settings"
    SET_ROLES = "give people roles"
    ASK_FOR_CHANGES = "ask for changes of territories"
    DECIDE = "decide requests"


_REP = frozenset({Permission.SEE_OWN, Permission.SEE_NAMES, Permission.ASK_FOR_CHANGES})
PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.REP: _REP,
        Role.MANAGER: _REP | {Permission.SEE_BELOW, Permission.SET_BELOW, Permission.DECIDE},
        Role.LEADER: _REP | {Permission.SEE_ALL, Permission.DECIDE},
        Role.OPS: frozenset(Permission) - {Permission.SEE_BELOW, Permission.SET_BELOW},
        Role.PARTNER: frozenset({Permission.SEE_NAMES}),
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, as a sentence for the person who asked. It is falsy, so that a decision reads as a condition."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


Decision: TypeAlias = Literal[True] | Refusal


def require(decision: Decision) -> None:
    """Raises NotAllowed with the reason of a refusal."""
    if isinstance(decision, Refusal):
        raise NotAllowed(decision.reason)


def has(viewer: Person, permission: Permission, today: date) -> Decision:
    """Whether a person's role gives a permission; nobody has any after their last day."""
    if viewer.left_on is not None and viewer.left_on < today:
        return Refusal("You are marked as having left. Ask sales operations if that is wrong.")
    if permission in PERMISSIONS[viewer.role]:
        return True
    if permission is Permission.SEE_OWN:
        return Refusal(
            f"Your role ({viewer.role}) does not include sales figures. Ask sales operations if you need them."
        )
    return Refusal(f"Your role ({viewer.role}) may not {permission}. Ask sales operations.")


def readable_people(viewer: Person, lines: Lines, today: date) -> frozenset[PersonId]:
    """Whose single figures someone who may not see all figures may read: their own, and a manager's everyone's below."""
    if not has(viewer, Permission.SEE_OWN, today):
        return frozenset()
    below = lines.below(viewer.id, today) if has(viewer, Permission.SEE_BELOW, today) else frozenset()
    return below | {viewer.id}


def may_see_person(viewer: Person, person: PersonId, lines: Lines, today: date) -> Decision:
    """Their own figures; a manager's also those of everyone below them today; leaders and operations all."""
    if has(viewer, Permission.SEE_ALL, today) or person in readable_people(viewer, lines, today):
        return True
    # The refusal is the same whether the other person exists or not.
    return _not_theirs(viewer, today)


def may_see_with_team(viewer: Person, today: date) -> Decision:
    """A person's figures together with those of everyone below them, for who may see the person: not for a rep.

    Someone may have reports without being a manager; they see their own figures alone.
    """
    everyone = has(viewer, Permission.SEE_ALL, today)
    return everyone or has(viewer, Permission.SEE_BELOW, today)


def may_see_team(viewer: Person, team: TeamId, lines: Lines, today: date) -> Decision:
    """The figures of a team with those of each member: for who has all of its members below them today.

    Leading a team gives no sight of its members' figures: that follows the reporting line alone.
    """
    if has(viewer, Permission.SEE_ALL, today):
        return True
    members = everyone_in(team, lines, today)
    theirs = has(viewer, Permission.SEE_BELOW, today) and members and members <= readable_people(viewer, lines, today)
    return True if theirs else _not_theirs(viewer, today)


def may_see_team_total(viewer: Person, team: TeamId, lines: Lines, today: date) -> Decision:
    """The total of a team without names: for its members and who leads it too. Whether it gives someone away asks `safe_totals`."""
    if may_see_team(viewer, team, lines, today):
        return True
    mine = has(viewer, Permission.SEE_OWN, today)
    if not mine:
        return mine
    near = viewer.id in everyone_in(team, lines, today) or team in lines.teams_led(viewer.id)
    return True if near else _not_theirs(viewer, today)


def may_see_territory_figures(viewer: Person, territory: TerritoryId, lines: Lines, today: date) -> Decision:
    """The figures of a territory with all territories below it.

    For who holds it (as primary or cover), has its holders below them, or leads its team while it is vacant; and that
    must be so for each territory below it, because their figures are part of it.
    """
    if has(viewer, Permission.SEE_ALL, today):
        return True
    own = has(viewer, Permission.SEE_OWN, today)
    if not own:
        return own
    known = readable_people(viewer, lines, today)
    led = lines.teams_led(viewer.id) if has(viewer, Permission.SEE_BELOW, today) else frozenset[TeamId]()
    branch = [territory, *lines.territories_below(territory)]
    holders = {one: _holders(one, lines, today) for one in branch}
    theirs = any(held & known for held in holders.values()) or lines.team_of_territory(territory) in led
    others = any(held and not held & known for held in holders.values())
    return True if theirs and not others else _not_theirs(viewer, today)


def may_set_targets(viewer: Person, today: date) -> Decision:
    """Whether there are any targets that someone might set: a manager's and operations'."""
    if has(viewer, Permission.SET_ALL, today) or has(viewer, Permission.SET_BELOW, today):
        return True
    left = has(viewer, Permission.SET_BELOW, today)
    if viewer.left_on is not None and viewer.left_on < today and isinstance(left, Refusal):
        return left
    return Refusal(
        "Targets are set by managers, for those who report to them, and by sales operations. Ask one of them."
    )


def may_set_target(viewer: Person, kind: SubjectKind, subject: int, lines: Lines, today: date) -> Decision:
    """Operations set any target. A manager sets those of everyone below them today, of territories and teams that they
    see whole, and never one that they carry themselves."""
    if has(viewer, Permission.SET_ALL, today):
        return True
    some = may_set_targets(viewer, today)
    if not some:
        return some
    if kind is SubjectKind.PERSON:
        theirs = subject in lines.below(viewer.id, today)
    elif kind is SubjectKind.TERRITORY:
        seen = may_see_territory_figures(viewer, subject, lines, today)
        theirs = bool(seen) and viewer.id not in lines.holders_on(subject, today)
    else:
        seen = may_see_team(viewer, subject, lines, today)
        carries = viewer.id in everyone_in(subject, lines, today) or lines.lead_of(subject) == viewer.id
        theirs = bool(seen) and not carries
    return True if theirs else _NOT_TO_SET


def may_set_past_target(viewer: Person, today: date) -> Decision:
    """A target of a period that has ended: it restates what was shown, so only operations may."""
    if has(viewer, Permission.SET_ALL, today):
        return True
    return Refusal("This period has ended. Sales operations can still change its target.")


_NOT_TO_SET = Refusal(
    "You can set targets of the people who report to you, and of their territories and teams. "
    "This is outside of that: ask its manager or sales operations."
)


def may_see_figures(viewer: Person, today: date) -> Decision:
    """Whether there are any figures that someone may see."""
    return has(viewer, Permission.SEE_OWN, today)


def may_see_company(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.SEE_ALL, today)


def may_see_unassigned(viewer: Person, today: date) -> Decision:
    """Accounts that are in no territory, with their amounts: whoever was credited for them may be anyone."""
    if has(viewer, Permission.SEE_ALL, today):
        return True
    some = has(viewer, Permission.SEE_OWN, today)
    return (
        some
        if not some
        else Refusal("Accounts in no territory are shown to leaders and sales operations. Ask one of them.")
    )


def may_see_names(viewer: Person, today: date) -> Decision:
    """Names of territories and of those who hold them, without any amount."""
    return has(viewer, Permission.SEE_NAMES, today)


def may_import(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.IMPORT, today)


def may_change_settings(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.CHANGE_SETTINGS, today)


def may_set_roles(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.SET_ROLES, today)


def may_see_all_digests(viewer: Person, today: date) -> Decision:
    """Whether someone looks after all digests of the workspace."""
    return has(viewer, Permission.CHANGE_SETTINGS, today)


@dataclass(frozen=True, slots=True)
class DigestRights:
    """Whose a digest is: who set it up, who reads it (None in a channel), and what it is about (None is the company)."""

    owner: PersonId
    reader: PersonId | None
    kind: SubjectKind | None
    subject: int


def may_change_digest(viewer: Person, digest: DigestRights, lines: Lines, today: date) -> Decision:
    """Change, pause, resume or send it: its owner, operations, and in a channel a manager of those it is about."""
    names = has(viewer, Permission.SEE_NAMES, today)
    if not names:
        return names
    if viewer.id in (digest.owner, digest.reader) or has(viewer, Permission.CHANGE_SETTINGS, today):
        return True
    if digest.reader is not None:
        return Refusal("This digest is somebody else's. They can change it themselves, or sales operations can.")
    in_scope = has(viewer, Permission.SEE_BELOW, today) and _manages(viewer, digest, lines, today)
    return True if in_scope else _NOT_THEIR_DIGEST


def _manages(viewer: Person, digest: DigestRights, lines: Lines, today: date) -> bool:
    match digest.kind:
        case SubjectKind.PERSON:
            return digest.subject in lines.below(viewer.id, today)
        case SubjectKind.TERRITORY:
            return bool(may_see_territory_figures(viewer, digest.subject, lines, today))
        case SubjectKind.TEAM:
            led = digest.subject in lines.teams_led(viewer.id)
            return led or bool(may_see_team(viewer, digest.subject, lines, today))
        case None:
            return False


_NOT_THEIR_DIGEST = Refusal(
    "Only who set this digest up, a manager of those it is about, or sales operations may change it. Ask one of them."
)


def everyone_in(team: TeamId, lines: Lines, day: date) -> frozenset[PersonId]:
    """The members of a team and of all teams below it."""
    branch = [team, *lines.teams_below(team)]
    return frozenset(person for one in branch for person in lines.members(one, day))


def _holders(territory: TerritoryId, lines: Lines, today: date) -> frozenset[PersonId]:
    primaries = lines.holders_on(territory, today)
    return frozenset(primaries) | frozenset(lines.holders_on(territory, today, AssignmentRole.COVER))


def _not_theirs(viewer: Person, today: date) -> Refusal:
    """One sentence for each role, the same whoever or whatever was asked for."""
    nothing = has(viewer, Permission.SEE_OWN, today)
    if isinstance(nothing, Refusal):
        return nothing
    if viewer.role is Role.MANAGER:
        return Refusal(
            "You can see your own figures and those of everyone who reports to you. This is outside of that."
        )
    return Refusal("You can see your own figures and those of your territories. Ask your manager for others.")


@dataclass(frozen=True, slots=True)
class Readable:
    """What someone may read on its own, so that they can take it off a total.

    Figures of single people, whole territories; and, in lines "moved elsewhere", stretches of days of people who have
    left the lines that they see.
    """

    people: frozenset[PersonId] = frozenset()
    territories: frozenset[TerritoryId] = frozenset()
    moved: frozenset[tuple[PersonId, int]] = frozenset()

    def has(self, portion: Portion) -> bool:
        return portion.person in self.people or portion.territory in self.territories


def total_is_safe(
    totals: Iterable[Collection[Portion]],
    readable: Readable,
    small_group: int,
    shown: Iterable[Collection[Portion]] = (),
) -> Decision:
    """Whether someone who sees the totals `shown` already, and what is `readable` on its own, may see these too.

    - No sum or difference of all these totals consists of fewer than `small_group` people: neither one of them does,
      nor what is left of one when others are taken off.
    - With what is readable taken off as well, what is left is nothing, or of at least `small_group` - 1 others (the
      viewer makes up the number) and never of one.
    - Nobody is in them whose days stand in a line "moved elsewhere" that the viewer sees: that line is exempt from the
      rule for small groups, so it could be a single person's, and is never part of another sum.
    """
    new = [frozenset(total) for total in totals if total]
    if any(len({portion.person for portion in total}) < small_group for total in new):
        return TOO_SMALL
    together = [*new, *shown]
    unread = [[portion for portion in total if not readable.has(portion)] for total in together]
    moved = any(
        (portion.person, portion.stretch) in readable.moved for total in unread[: len(new)] for portion in total
    )
    if moved or tells_of_few(together, small_group) or tells_of_few(unread, max(small_group - 1, 2)):
        return _GIVES_AWAY
    return True


def safe_totals(
    totals: Mapping[K, Sequence[Collection[Portion]]], readable: Readable, small_group: int
) -> dict[K, Decision]:
    """Which of all the totals that someone might ask for are shown; each key has one total for each of its figures.

    Decided from the smallest group up, each beside those that are shown already: where one is not, the next level up may
    be. So the answer to one never depends on which others were asked for.
    """
    decided: dict[K, Decision] = {}
    shown: list[Collection[Portion]] = []
    for key in sorted(totals, key=lambda key: (len(_people(totals[key])), key)):
        decided[key] = total_is_safe(totals[key], readable, small_group, shown)
        if decided[key]:
            shown += totals[key]
    return decided


TOO_SMALL = Refusal("Too few people contribute to this total to show it without giving someone away.")
_GIVES_AWAY = Refusal("With what else you can see, this total would give someone's own figure away.")


def _people(totals: Iterable[Collection[Portion]]) -> set[PersonId]:
    return {portion.person for total in totals for portion in total}
