"""Run every benchmark, or those named: `python -m benchmarks [NAME…]`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run each benchmark in a process of its own; the exit code tells whether one could not run."""
    names = sys.argv[1:] or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    failed = []
    for name in names:
        if not (HERE / f"bench_{name}.py").exists():
            raise SystemExit(f"✗ There is no benchmark {name!r}.")
        print(f"\n── {name} " + "─" * max(1, 60 - len(name)), flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.bench_{name}"], cwd=HERE.parent, env={**os.environ}, check=False
        )
        if done.returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"✗ Not run to the end: {', '.join(failed)}")


if __name__ == "__main__":
    main()
