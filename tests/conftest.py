"""What holds for every test: a clean environment, one Tor network, and nothing that quietly does not run.

A skipped or expected-to-fail test counts as a failure unless MAY_SKIP names it with the reason: a suite that is
green because it did not run proves nothing.
"""

import os
import signal
from collections.abc import Generator, Mapping
from typing import Final

import pytest

MAY_SKIP: Final[Mapping[str, str]] = {
    "tests/e2e/test_no_leak.py": "strace is for Linux",
    "tests/unit/websocket/test_browser.py": "the set-up installs a browser on Debian only",
}
"""Test id, or how it begins → why it cannot run everywhere."""


def _clean_environment() -> None:
    """The snapshot plugin tells its xdist workers their directory through the environment: that one stays."""
    ours = [name for name in os.environ if name == "NO_COLOR" or name.startswith(("CHATTOR_", "TEXTUAL_"))]
    for name in ours:
        if name not in ("TEXTUAL_SNAPSHOT_TEMPDIR", "CHATTOR_SEEDS"):
            del os.environ[name]


_clean_environment()  # now, not in a fixture: Textual reads some of them when it is imported
signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs ignore it, and so would what tests start


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not report.nodeid.startswith(tuple(MAY_SKIP)):
        vars(report).pop("wasxfail", None)  # with it pytest would show the failure and still exit 0
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} did not run, which tests/conftest.py does not allow: {report.longrepr}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the private Tor network on one worker: they share the network."""
    for item in items:
        if item.get_closest_marker("tor"):
            item.add_marker(pytest.mark.xdist_group("tor"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a collection error."""
    report = yield
    _refuse_skip(report)
    return report
