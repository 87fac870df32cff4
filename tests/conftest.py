"""What all tests share: a clean environment, databases, a browser."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.postgres", "tests.support.browser", "tests.support.sample"]

# The machine is shared with other test processes, so a deadline for each example would only measure the neighbours.
settings.register_profile("turf", deadline=None, derandomize=os.environ.get("CI") == "true", print_blob=True)
settings.load_profile("turf")

OF_THE_TESTS = {"TURF_MAVEN_DIR", "TURF_CHROMIUM"}
OF_THE_PRODUCT = ("SLACK_", "TURF_")


def pytest_configure() -> None:
    """A developer's own settings must not reach the tests, nor the processes that they start."""
    for name in list(os.environ):
        if name in ("DATABASE_URL", "HOST", "PORT") or (name.startswith(OF_THE_PRODUCT) and name not in OF_THE_TESTS):
            del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the long run what is dear on PostgreSQL and runs on SQLite each time."""
    for item in items:
        if item.get_closest_marker("slow_on_postgresql") and "postgresql" in item.name:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested for want of a program."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    for reason in sorted(reason for reason in reasons if " is missing: " in reason):
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.write_line(reason.removeprefix("Skipped: "))
