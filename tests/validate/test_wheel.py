"""A newcomer: the package as it is shipped, in an empty folder, without the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 200_000  # bytes that the small models may add, unpacked


@pytest.mark.validate
def test_the_wheel_alone_validates_in_ten_minutes(tmp_path: Path) -> None:
    wheel = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(tmp_path)]
    subprocess.run([*wheel, str(ROOT)], check=True)
    (whole,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(whole) as packed:
        packed.extractall(tmp_path / "site")
        small = [one.file_size for one in packed.infolist() if "populations/small/" in one.filename]
    assert 0 < sum(small) < MOST
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "filiation", "validate", "--quick"],
        cwd=tmp_path / "empty",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "8 passed, 0 failed" in done.stdout and "These models are tiny" in done.stdout
    assert "26 small models are trained and changed" in done.stderr
