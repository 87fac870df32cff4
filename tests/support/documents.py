"""The examples of a document: its files are written, its commands are run, and what they print is compared.

A fenced block names its file after the language (```csv deals.csv). A console block has commands after `$ ` and below
each what it prints; a line `...` stands for any lines.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tools.files import ROOT

PATIENCE = 120
FILES = ("csv", "yaml")
ANY_LINES = "..."
_FENCE = re.compile(r"^```(\w+)?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the name of its file and its lines."""

    language: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a console block, and what is printed below it."""

    line: str
    printed: str


def blocks(text: str) -> list[Block]:
    return [Block(language or "", name or "", body) for language, name, body in _FENCE.findall(text)]


def sections(text: str) -> dict[str, list[Block]]:
    """The blocks below each heading that has some."""
    parts = _HEADING.split(_without_comments(text))
    found = {part.partition("\n")[0]: blocks(part) for part in parts}
    return {title: some for title, some in found.items() if some}


def _without_comments(text: str) -> str:
    """A comment in a block is no heading."""
    return _FENCE.sub(lambda fence: re.sub(r"^# ", " # ", fence[0], flags=re.MULTILINE), text)


def commands(block: Block) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        yield Command(line, printed)


def run_blocks(found: list[Block], folder: Path, now: datetime) -> list[str]:
    """Do what the blocks show, in `folder` and a database in it; returns what was printed otherwise than they say."""
    folder.mkdir(exist_ok=True)
    wrong = []
    for block in found:
        if block.language in FILES:
            (folder / block.name).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.name).write_text(block.text, encoding="utf-8")
        for command in commands(block) if block.language == "console" else ():
            printed = run(command.line, folder, now)
            if not agrees(command.printed, printed):
                wrong.append(f"$ {command.line}\n{printed}")
    return wrong


def run(line: str, folder: Path, now: datetime) -> str:
    """What a line of the shell prints, errors too."""
    clock = folder.parent / "clock"
    clock.write_text(now.isoformat(), encoding="utf-8")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TURF_CLOCK_FILE": str(clock),
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }
    done = subprocess.run(
        ["bash", "-c", f'turf() {{ "{sys.executable}" -m bot "$@"; }}\n{line}'],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    return done.stdout


def agrees(expected: str, printed: str) -> bool:
    """Whether this was printed; spaces at the ends of lines don't count."""
    parts = [re.escape(part) for part in _trimmed(expected).split(f"{ANY_LINES}\n")]
    return re.fullmatch("(?:.*\n)*?".join(parts), _trimmed(printed)) is not None


def _trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
