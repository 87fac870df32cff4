"""How long functions and modules are, and which are over the limits (lines as they stand, docstrings included)."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from statistics import median

from tools.files import ROOT, project_files

MODULE_LIMIT = 400
FUNCTION_LIMIT = 60
SHORT_FUNCTION = 40
SHARE_OF_SHORT = 0.95
MEDIAN_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Length:
    """A function (`path:line name`) or a module (`path`) and its number of lines."""

    name: str
    lines: int


def functions(source: str, path: str) -> Iterator[Length]:
    """Each function and method of a module, nested ones too, without its decorators."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Length(f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)


def faults(functions: list[Length], modules: Iterable[Length]) -> list[str]:
    """One sentence for each limit that is not kept."""
    found = [f"{m.name} has {m.lines} lines, more than {MODULE_LIMIT}" for m in modules if m.lines > MODULE_LIMIT]
    found += [
        f"{f.name} has {f.lines} lines, more than {FUNCTION_LIMIT}" for f in functions if f.lines > FUNCTION_LIMIT
    ]
    long = [f for f in functions if f.lines > SHORT_FUNCTION]
    if len(long) > (1 - SHARE_OF_SHORT) * len(functions):
        found.append(f"{len(long)} of {len(functions)} functions have more than {SHORT_FUNCTION} lines")
        found += [f"  {f.name}: {f.lines}" for f in long]
    if functions and median(f.lines for f in functions) > MEDIAN_LIMIT:
        found.append(f"the median function has {median(f.lines for f in functions)} lines, more than {MEDIAN_LIMIT}")
    return found


def measure(root: Path, tables_of_data: list[str]) -> tuple[list[Length], list[Length]]:
    """Functions and modules of the project, without the tables of data (patterns of paths)."""
    all_functions: list[Length] = []
    modules: list[Length] = []
    for path in project_files(root):
        if path.suffix == ".py" and not any(fnmatch(str(path), pattern) for pattern in tables_of_data):
            source = (root / path).read_text(encoding="utf-8")
            modules.append(Length(str(path), len(source.splitlines())))
            all_functions += functions(source, str(path))
    return all_functions, modules


def main() -> int:
    """Print the report; 1 if a limit is not kept."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["turf"]["lengths"]
    all_functions, modules = measure(ROOT, settings["tables_of_data"])
    lines = [f.lines for f in all_functions]
    print(
        f"{len(modules)} modules, longest {max(m.lines for m in modules)} lines; "
        f"{len(lines)} functions, median {median(lines):g} lines, longest {max(lines)}, "
        f"{sum(n <= SHORT_FUNCTION for n in lines) / len(lines):.1%} have at most {SHORT_FUNCTION}"
    )
    found = faults(all_functions, modules)
    print("\n".join(found) or "every length is within its limit")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
