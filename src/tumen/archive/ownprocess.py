"""Work done by a module of ours in a process of its own, told and answering in JSON through its pipes.

Secrets travel through the pipe, never as an argument or in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def ask(module: str, told: Mapping[str, Any]) -> Any:
    """Run `python -m module` with `told` on its standard input and return what it prints.

    Raises CalledProcessError when it fails.
    """
    done = subprocess.run(  # noqa: S603 (this interpreter, a module of ours)
        [sys.executable, "-m", module],
        input=json.dumps(told).encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=True,
    )
    return json.loads(done.stdout)
