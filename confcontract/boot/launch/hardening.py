"""Protection while this process has secrets: no core dump, and no access by other processes of the same user."""

from __future__ import annotations

from confcontract.host.prctl import SET_CHILD_SUBREAPER, SET_DUMPABLE, prctl

_core_limit: tuple[int, int] | None = None  # as it was found


def harden() -> None:
    """No core dump, and no ptrace or /proc/PID/environ by the same user. Call it before the first secret arrives.

    Costs about 1 ms. `hand_off` restores the original core limit for the application; the kernel makes a process
    dumpable again on exec.
    """
    global _core_limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if _core_limit is None:
        _core_limit = (soft, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    prctl(SET_DUMPABLE, 0)  # without it, the limit still applies


def adopt_orphans() -> None:
    """From now on orphans among our descendants become our children, as they do for PID 1. Linux only."""
    prctl(SET_CHILD_SUBREAPER, 1)


class core_dumps_as_found:  # noqa: N801 - used as `with core_dumps_as_found():`; contextlib is dear
    """Within this context, new processes get the original core limit. This process stays undumpable."""

    def __enter__(self) -> None:
        _set_core_limit(_core_limit)

    def __exit__(self, *_: object) -> None:
        if _core_limit is not None:
            _set_core_limit((0, _core_limit[1]))


def give_back() -> bool:
    """Restore the original core limit. Returns whether it was changed."""
    _set_core_limit(_core_limit)
    return _core_limit is not None


def _set_core_limit(limit: tuple[int, int] | None) -> None:
    if limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, limit)
