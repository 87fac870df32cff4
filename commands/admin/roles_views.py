"""The modal of `/turf roles`."""

from commands.admin.roles import Given, Roles
from commands.kit.blocks import context, section
from commands.kit.inputs import field, menu, search
from commands.kit.reply import Modal
from domain.company import Role
from templates import name, render

GIVE = "admin.roles"
PEOPLE = "admin.people"
WORDS = {
    Role.REP: "Rep: their own figures",
    Role.MANAGER: "Manager: also those of everyone who reports to them",
    Role.LEADER: "Leader: all figures",
    Role.OPS: "Operations: everything, and imports, settings, roles",
    Role.PARTNER: "Partner: names of territories and owners, no amounts",
}
FOLLOW = "follow"
_FOLLOW_WORDS = "As the next import says"


def roles_modal(card: Roles) -> Modal:
    blocks = [
        section(render("admin/roles.mrkdwn.j2", card=card), id="roles"),
        field("person", "Who", search(PEOPLE, placeholder="Begin to type a name")),
        field("role", "Role", menu({**{role.value: words for role, words in WORDS.items()}, FOLLOW: _FOLLOW_WORDS})),
        context(render("admin/roles_note.mrkdwn.j2"), id="note"),
    ]
    return Modal("Roles", blocks, submit="Give the role", close="Cancel", callback=GIVE)


def given_modal(given: Given) -> Modal:
    text = render("admin/roles_given.mrkdwn.j2", given=given, who=name(given.person.name))
    return Modal("Roles", [section(text)])
