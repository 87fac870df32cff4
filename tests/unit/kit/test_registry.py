"""From what was typed to the command that is meant."""

import sys
from datetime import date
from types import ModuleType

import pytest

from commands.kit import Call, Message, Reply, Turf, action, command
from commands.kit.help import help_message
from commands.kit.registry import Command, HelpWanted, Match, Registry
from domain.company import Person, Role
from domain.policies import Decision, Refusal


async def nothing(call: Call, turf: Turf) -> Reply:
    return Message("")


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    for path in ("/turf help", "/targets", "/training expiring", "/training log", "/territory change accounts"):
        registry.add(Command(path, nothing, help=f"Help of {path}", usage="[who]"))
    return registry


@pytest.mark.parametrize(
    ("name", "text", "path", "rest"),
    [
        ("/targets", "", "/targets", ""),
        ("/targets", "  Ana Ng  2026Q3 ", "/targets", "Ana Ng  2026Q3"),
        ("/turf", "targets Ana", "/targets", "Ana"),
        ("/turf", "/TARGETS Ana", "/targets", "Ana"),
        ("/turf", "help nothing", "/turf help", "nothing"),
        ("/turf", "training Log x", "/training log", "x"),
        ("/training", "expiring  all  of us", "/training expiring", "all  of us"),
        ("/territory", "change accounts of Ohio", "/territory change accounts", "of Ohio"),
        ("/targets", "helpers", "/targets", "helpers"),
    ],
)
def test_a_command_is_found(registry: Registry, name: str, text: str, path: str, rest: str) -> None:
    found = registry.find(name, text)
    assert isinstance(found, Match)
    assert (found.command.path, found.rest) == (path, rest)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("/turf", "", HelpWanted()),
        ("/turf", "targats", HelpWanted(unknown="targats")),
        ("/turf", "turf turf", HelpWanted(unknown="turf")),
        ("/turf", "training", HelpWanted("/training")),
        ("/turf", "help targets", HelpWanted("/targets")),
        ("/training", "", HelpWanted("/training")),
        ("/training", "exspiring x", HelpWanted("/training", "exspiring")),
        ("/training", "help", HelpWanted("/training")),
        ("/targets", "HELP", HelpWanted("/targets")),
        ("/territory", "change", HelpWanted("/territory", "change")),
        ("/nowhere", "x", HelpWanted("/nowhere", "x")),
        ("/turf", "help training log", HelpWanted("/training log")),
        ("/turf", "help /training", HelpWanted("/training")),
        ("/turf", "help log", HelpWanted("/training log")),
        ("/turf", "training log help", HelpWanted("/training log")),
        ("/training", "log help", HelpWanted("/training log")),
        ("/training", "help log", HelpWanted("/training log")),
        ("/training", "help me", HelpWanted("/training")),
    ],
)
def test_otherwise_help_is_wanted(registry: Registry, name: str, text: str, wanted: HelpWanted) -> None:
    assert registry.find(name, text) == wanted


def helped(registry: Registry, wanted: HelpWanted, role: Role = Role.REP) -> str:
    return help_message(registry, wanted, by=Person(1, "ana", "Ana", role), today=date(2026, 9, 1)).text


def test_a_command_that_takes_nothing_takes_no_unknown_word() -> None:
    registry = Registry()
    for path in ("/digest", "/digest send now", "/alone"):
        registry.add(Command(path, nothing, help=f"Help of {path}"))
    assert registry.find("/digest", "send") == HelpWanted("/digest", "send")
    assert isinstance(registry.find("/digest", ""), Match)
    assert isinstance(registry.find("/alone", "x"), Match)
    assert "Did you mean `/digest send now`?" in helped(registry, HelpWanted("/digest", "send"))
    assert "Did you mean" not in helped(registry, HelpWanted("/digest", "xyzzy"))


def test_help_lists_what_a_role_may_use_with_examples(registry: Registry) -> None:
    def only_operations(person: Person, _: date) -> Decision:
        return True if person.role is Role.OPS else Refusal("no")

    examples = (("/cost ohio", "that of Ohio"),)
    registry.add(Command("/cost", nothing, help="What it costs", may=only_operations, examples=examples))
    assert "/cost" not in helped(registry, HelpWanted())
    refused = helped(registry, HelpWanted("/cost"))
    assert refused.startswith("Your role may not use `/cost`.")
    assert "`/targets" in refused
    assert "/cost" in helped(registry, HelpWanted(), Role.OPS)
    assert "`/cost ohio`  that of Ohio" in helped(registry, HelpWanted("/cost"), Role.OPS)


def test_help_lists_each_command_with_its_usage(registry: Registry) -> None:
    text = helped(registry, HelpWanted())
    for entry in registry:
        assert f"`{entry.path} [who]`  {entry.help}" in text
    assert text == helped(registry, HelpWanted("/nowhere"))


def test_help_of_one_command_lists_only_its_own(registry: Registry) -> None:
    text = helped(registry, HelpWanted("/training", "exspir*ing*"))
    assert "/training log" in text
    assert "/targets" not in text
    assert "*ing*" not in text


def test_a_module_s_decorated_functions_are_registered_in_their_order(registry: Registry) -> None:
    module = ModuleType("feature")
    exec(  # noqa: S102 - a module as a feature would write it
        "@command('/b', help='B')\nasync def b(call, turf): ...\n@action('a.b', opens='A')\n@command('/a', help='A')\nasync def a(call, turf): ...\n",
        vars(module) | {"command": command, "action": action},
        vars(module),
    )
    for name in ("a", "b"):
        getattr(module, name).__module__ = "feature"
    sys.modules.pop("feature", None)
    registry.include(module)
    assert registry.names()[-2:] == ["/b", "/a"]
    found = registry.action("a.b:3")
    assert found
    assert found.opens == "A"


def test_a_duplicate_is_refused(registry: Registry) -> None:
    with pytest.raises(ValueError, match="/targets"):
        registry.add(Command("/targets", nothing, help=""))
