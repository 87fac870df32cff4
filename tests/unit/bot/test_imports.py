"""What a web process does not load: heavy libraries that only imports, migrations and analytics need."""

import subprocess
import sys

HEAVY = ("pandas", "matplotlib", "PIL", "alembic", "pyarrow", "scipy", "python_calamine", "holidays", "numpy")


def test_the_app_loads_none_of_the_heavy_libraries() -> None:
    code = "import sys, bot.app; bot.app.register_features(); print(*[name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
