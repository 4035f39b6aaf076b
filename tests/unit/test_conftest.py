"""What tests/conftest.py does for every test: what does not run fails, Tor tests stay together, no environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_CONFTEST = Path(__file__).parents[1] / "conftest.py"
_SKIPS = {
    "mark": "import pytest\n@pytest.mark.skip(reason='later')\ndef test_it(): ...\n",
    "call": "import pytest\ndef test_it(): pytest.skip('later')\n",
    "xfail": "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n",
    "fixture": "import pytest\n@pytest.fixture\ndef tor(): pytest.skip('no tor')\ndef test_it(tor): ...\n",
    "module": "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): ...\n",
}


def _run(directory: Path, source: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (directory / "conftest.py").write_text(_CONFTEST.read_text())
    (directory / "pytest.ini").write_text("[pytest]\nmarkers = tor\n")
    (directory / "test_it.py").write_text(source)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(
        argv, cwd=directory, env=os.environ | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", _SKIPS)
def test_what_is_skipped_fails_the_run(kind: str, tmp_path: Path) -> None:
    run = _run(tmp_path, _SKIPS[kind])
    assert run.returncode != 0, run.stdout
    assert "did not run" in run.stdout


def test_what_runs_passes_the_run(tmp_path: Path) -> None:
    assert _run(tmp_path, "def test_it(): assert 1 + 1 == 2\n").returncode == 0


def test_the_environment_of_the_user_is_not_seen(tmp_path: Path) -> None:
    source = "import os\ndef test_it(): assert not {'NO_COLOR', 'CHATTOR_PROFILE', 'TEXTUAL_DEBUG'} & set(os.environ)\n"
    assert _run(tmp_path, source, NO_COLOR="1", CHATTOR_PROFILE="work", TEXTUAL_DEBUG="1").returncode == 0


def test_tests_with_tor_share_one_worker(tmp_path: Path) -> None:
    source = (
        "import os, pathlib, pytest\n"
        "@pytest.mark.tor\n"
        "@pytest.mark.parametrize('turn', range(20))\n"
        "def test_it(turn):\n"
        "    with open('workers', 'a') as file: file.write(os.environ['PYTEST_XDIST_WORKER'] + ' ')\n"
    )
    assert _run(tmp_path, source, "-n2", "--dist=loadgroup").returncode == 0
    workers = (tmp_path / "workers").read_text().split()
    assert len(workers) == 20
    assert len(set(workers)) == 1
