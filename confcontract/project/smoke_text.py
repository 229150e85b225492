"""The proposed smoke test: a script that starts the image, and the values for that start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confcontract.project.image_plan import ImagePlan

SCRIPT = "image-smoke.sh"
VALUES = "smoke.env"


def smoke_script(plan: ImagePlan) -> str:
    url = f"http://127.0.0.1:{plan.port}/" if plan.port else ""
    asked = f' \\\n    --url "${{SMOKE_URL:-{url}}}"' if url else ""
    return (
        "#!/bin/sh\n"
        f"# Starts the image of {plan.name} as a platform would: not as root, with --read-only.\n"
        "# It has to boot, answer, stop by TERM, and refuse to start without its configuration.\n"
        f"# {VALUES} has the values of a test system, no secret of a real one. `confcontract init` wrote this.\n"
        "set -eu\n"
        f'exec confcontract smoke "${{1:?usage: {SCRIPT} IMAGE}}" --env-file "${{SMOKE_ENV:-{VALUES}}}"{asked}\n'
    )


def smoke_values(plan: ImagePlan) -> str:
    return (
        f"# What the smoke test starts {plan.name} with: a value for each required variable. It is committed, so\n"
        "# nothing here may be a secret of a real system. `confcontract docs --format dotenv` lists all variables.\n"
    )
