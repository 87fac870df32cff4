"""The project's own files: what git tracks, and what is new and not ignored."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "commands", "storage", "templates", "domain", "sandbox")


def project_files(root: Path = ROOT) -> list[Path]:
    """Paths relative to `root`, sorted; files that are deleted but still tracked are left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    names = {Path(name) for name in listing.stdout.split("\0") if name}
    return sorted(name for name in names if (root / name).is_file())
