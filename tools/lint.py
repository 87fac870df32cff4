"""The checks of `make lint`, which the tests run too: style, types, layers, lengths."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS: Mapping[str, list[str]] = {
    "style": [f"{BIN}/ruff", "check", "."],
    "format": [f"{BIN}/ruff", "format", "--check", "."],
    "types": [f"{BIN}/mypy"],
    "layers": [f"{BIN}/lint-imports", "--no-logo"],
    "lengths": [sys.executable, "-m", "tools.lengths"],
}


def main() -> int:
    """Run every check, whatever the others say; 1 if one of them failed."""
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nnot clean: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
