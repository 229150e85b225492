"""An application that reads its settings from wherever they were delivered to, and tells."""

from __future__ import annotations

import json
import os

from tests.boot.deliver.settings import Settings, revealed

settings = Settings(_env_file=os.environ.get("CONFCONTRACT_SECRETS_FILE"))  # type: ignore[call-arg]
print(json.dumps(revealed(settings)))
