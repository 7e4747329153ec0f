"""Says in plain words what a machine lacks before the set-up starts. Runs on any Python 3, with nothing installed."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Tillcard needs Python 3.11 or newer; this is {}.{}. "
        "Install a newer one and run: make PYTHON=/path/to/python3.11".format(*sys.version_info[:2])
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit(
        "Python's venv module is incomplete on this machine. On Debian and Ubuntu run: "
        "apt-get install python3-venv (or python{}.{}-venv), then repeat the command.".format(*sys.version_info[:2])
    )
