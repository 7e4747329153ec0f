"""`python -m devices.cli`: the same as `tillcard devices`, without the rest of Tillcard."""

import sys

from devices.cli.main import main

sys.exit(main())
