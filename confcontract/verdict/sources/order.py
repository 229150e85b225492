"""The order of the sources: which kind overrides which.

Every comparison of two values at one place uses this table: the layers that `merge` combines, files of the same kind,
NAME_FILE, a reference in the class, the parts of a section.
"""

from __future__ import annotations

DEFAULT = "default"
CODE = "code"  # a default that the contract does not contain
COMPUTED = "computed"
UNSEEN = "application"  # a source of the application that replaces the environment
SETTINGS_FILE = "settings-file"  # the settings class's own env_file or secrets_dir
CONF_FILE = "conf-file"  # of conf.d, in any format
CONFIG_FILE = "config-file"  # named by --conf-file
ENV_FILE = "env-file"
SECRET_FILE = "secret-file"
VAULT = "vault"
ENVIRONMENT = "environment"

# Lowest to highest.
ORDER = (
    DEFAULT,
    CODE,
    COMPUTED,
    UNSEEN,
    SETTINGS_FILE,
    CONF_FILE,
    CONFIG_FILE,
    ENV_FILE,
    SECRET_FILE,
    VAULT,
    ENVIRONMENT,
)
RANK = {kind: rank for rank, kind in enumerate(ORDER)}

# Among secret files, lowest to highest; 0 is the settings class's own directory.
BOUND = 1  # service bindings
FIRST_MOUNTED = 2  # named like the variable, in a directory; the last of several
NAMED = 1 << 20  # by NAME_FILE


def level_of(kind: str, number: int = 0) -> int:
    """Compares two sources: the one with the higher level overrides the other. number: among sources of one kind."""
    return RANK[kind] << 32 | number
