"""The parts of pydantic, pydantic_core and pydantic-settings that bake uses although they are not documented.

All other modules use only documented parts, which a test checks (tests/author/test_pydantic_private.py). So a change in
a release has to be fixed only here. A release that lacks one of these names is refused, with the name.

    private_names      the names, each checked before it is used
    class_parts        of classes and their fields
    core_functions     the functions that pydantic puts into core schemas
    variable_sources   the sources of settings that have names and text
    file_sources       those of configuration files

The parts that boot uses are in contract/engine.py.
"""

from confcontract.author.pydantic_private import private_names  # refuses a release before anything else is imported

__all__ = ["private_names"]
