"""Who may do what: permissions of roles as data, and pure functions that answer True or say why not.

Services ask them (`require`), so that no button, job or command goes around them. Access to a person's figures follows
today's reporting line.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from domain.company import AssignmentRole, Person, PersonId, Role, TeamId, TerritoryId
from domain.errors import NotAllowed
from domain.lines import Lines


class Permission(StrEnum):
    SEE_OWN = "see their own figures and those of their territories"
    SEE_BELOW = "see the figures of everyone who reports to them"
    SEE_ALL = "see all figures"
    SEE_NAMES = "see the names of territories and of those who hold them"
    IMPORT = "import and export data"
    CHANGE_SETTINGS = "change settings"
    SET_ROLES = "give people roles"
    SEE_AUDIT = "see the audit"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.REP: frozenset({Permission.SEE_OWN, Permission.SEE_NAMES}),
        Role.MANAGER: frozenset({Permission.SEE_OWN, Permission.SEE_BELOW, Permission.SEE_NAMES}),
        Role.LEADER: frozenset({Permission.SEE_OWN, Permission.SEE_ALL, Permission.SEE_NAMES, Permission.SEE_AUDIT}),
        Role.OPS: frozenset(Permission) - {Permission.SEE_BELOW},
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
    return Refusal(f"Your role ({viewer.role}) may not {permission}. Ask sales operations.")


def may_see_person(viewer: Person, person: PersonId, lines: Lines, today: date) -> Decision:
    """Their own figures; a manager's also those of everyone below them today; leaders and operations all."""
    if person == viewer.id:
        return has(viewer, Permission.SEE_OWN, today)
    if has(viewer, Permission.SEE_ALL, today):
        return True
    below = has(viewer, Permission.SEE_BELOW, today)
    if not below:
        # The refusal is the same whether the other person exists or not.
        return _not_theirs(viewer, today)
    return True if person in lines.below(viewer.id, today) else _not_theirs(viewer, today)


def may_see_team(viewer: Person, team: TeamId, lines: Lines, today: date) -> Decision:
    """The figures of a team with those of each member: for who has all of its members below them today.

    Leading a team gives no sight of its members' figures: that follows the reporting line alone.
    """
    if has(viewer, Permission.SEE_ALL, today):
        return True
    if not has(viewer, Permission.SEE_BELOW, today):
        return _not_theirs(viewer, today)
    known = lines.below(viewer.id, today) | {viewer.id}
    members = everyone_in(team, lines, today)
    return True if members and members <= known else _not_theirs(viewer, today)


def may_see_team_total(viewer: Person, team: TeamId, lines: Lines, today: date) -> Decision:
    """The total of a team without names: for its members and who leads it too. Whether it gives someone away asks `total_is_safe`."""
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
    known = {viewer.id}
    led: frozenset[TeamId] = frozenset()
    if has(viewer, Permission.SEE_BELOW, today):
        known |= lines.below(viewer.id, today)
        led = lines.teams_led(viewer.id)
    branch = [territory, *lines.territories_below(territory)]
    holders = {one: _holders(one, lines, today) for one in branch}
    theirs = any(held & known for held in holders.values()) or lines.team_of_territory(territory) in led
    others = any(held and not held & known for held in holders.values())
    return True if theirs and not others else _not_theirs(viewer, today)


def may_see_company(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.SEE_ALL, today)


def may_see_names(viewer: Person, today: date) -> Decision:
    """Names of territories and of those who hold them, without any amount."""
    return has(viewer, Permission.SEE_NAMES, today)


def may_import(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.IMPORT, today)


def may_change_settings(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.CHANGE_SETTINGS, today)


def may_set_roles(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.SET_ROLES, today)


def may_see_audit(viewer: Person, today: date) -> Decision:
    return has(viewer, Permission.SEE_AUDIT, today)


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


def total_is_safe(
    contributors: Collection[PersonId],
    viewer: PersonId | None,
    small_group: int,
    others: Iterable[Collection[PersonId]] = (),
) -> Decision:
    """Whether a total may be shown to someone who can also see the `others` (totals, as sets of their contributors).

    It needs `small_group` contributors, and no total of fewer may follow by subtraction; nor may what is left after
    the viewer's own figure be a single other person's.
    """
    shown = frozenset(contributors)
    if len(shown) < small_group:
        return _TOO_SMALL
    totals = [shown, *(frozenset(other) for other in others if other)]
    if any(len(group) < small_group for group in _derivable(totals) if group & shown):
        return _GIVES_AWAY
    if viewer is not None:
        totals.append(frozenset({viewer}))
        if any(len(group) == 1 and group != {viewer} for group in _derivable(totals) if group & shown):
            return _GIVES_AWAY
    return True


_TOO_SMALL = Refusal("Too few people contribute to this total to show it without giving someone away.")
_GIVES_AWAY = Refusal("This total and another one would give someone's own figure away.")


def _derivable(totals: list[frozenset[PersonId]]) -> list[frozenset[PersonId]]:
    """The smallest groups whose sums follow from the totals: the rows of their reduced echelon form.

    People who are in the same totals cannot be told apart, so they form one column.
    """
    signature = {person: tuple(person in total for total in totals) for total in totals for person in total}
    columns = sorted(set(signature.values()), reverse=True)
    members = [frozenset(person for person, where in signature.items() if where == column) for column in columns]
    rows = _reduced([[Fraction(column[row]) for column in columns] for row in range(len(totals))])
    # A row with other weights than 1 is a sum that belongs to no group of people.
    return [
        frozenset().union(*(group for group, weight in zip(members, row, strict=True) if weight))
        for row in rows
        if any(row) and all(weight in (0, 1) for weight in row)
    ]


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The reduced row echelon form."""
    done = 0
    for column in range(len(rows[0])):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        lead = rows[done][column]
        rows[done] = [value / lead for value in rows[done]]
        for at in range(len(rows)):
            factor = rows[at][column]
            if at != done and factor:
                rows[at] = [value - factor * base for value, base in zip(rows[at], rows[done], strict=True)]
        done += 1
    return rows
