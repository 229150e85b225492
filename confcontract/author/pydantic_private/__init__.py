"""All that bake relies on of pydantic, pydantic_core and pydantic-settings without being promised it.

Everywhere else only what they document is used, which a test holds (tests/author/test_pydantic_private.py): what
another release does otherwise is fixed here. A release that lacks one of these names is refused, with its name.

    private_names      the names, each looked at before it is used
    class_parts        of classes and their fields
    core_functions     the functions that pydantic puts into core schemas
    variable_sources   the sources of settings that have names and text
    file_sources       those of configuration files

What boot relies on is in contract/engine.py.
"""

from confcontract.author.pydantic_private import private_names  # refuses a release before anything else is imported

__all__ = ["private_names"]
