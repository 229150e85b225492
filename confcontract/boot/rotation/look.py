"""Another resolve while the application runs: served from memory, and new leases are kept alive."""

from __future__ import annotations

from confcontract.boot.rotation.lent import Reading
from confcontract.boot.rotation.state import problem_words
from confcontract.report.errors import ConfcontractError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from confcontract.boot.rotation.lending import Lending
    from confcontract.boot.rotation.lent import Loan
    from confcontract.boot.rotation.replaced_files import ReplacedFiles
    from confcontract.boot.rotation.state import State
    from confcontract.secrets.store import SecretStore
    from confcontract.verdict.resolution import Resolution

# Codes by which a resolve is refused because a store can't answer at the moment, not because of its answer.
PASSING = frozenset({"vault-unavailable", "store-unavailable"})


class Look:
    """resolve: see `Rotation`. store: creates the store. lending, state, files: are notified of the result."""

    def __init__(
        self,
        resolve: Callable[[Reading], Resolution],
        store: Callable[[], SecretStore],
        lending: Lending,
        state: State,
        files: ReplacedFiles,
    ) -> None:
        self._resolve = resolve
        self._store = store
        self._lending = lending
        self._state = state
        self.files = files

    def at(
        self, held: Sequence[Loan], seconds: float, alive: Callable[[], Sequence[Loan]]
    ) -> tuple[Reading, Resolution] | str:
        """Resolve, using what is held instead of reading it. Returns words if it could not be done at all.

        seconds: the deadline of what is read. alive: what depends on the token that the store may have replaced.
        """
        reading = Reading(self._store, held, seconds=seconds)
        self.files.see_again()
        try:
            resolution = self._resolve(reading)
        except Exception as error:
            if isinstance(error, ConfcontractError):
                return f"the configuration could not be read again: {problem_words(error.problems)}"
            return f"the configuration could not be read again ({type(error).__name__})"
        finally:
            if reading.asked:
                self._lending.see_token(alive())
            self._lending.adopt([loan for loan in reading.loans if loan not in held])
        self.files.see(resolution)
        if reading.asked:
            codes = {problem.code for problem in resolution.problems if problem.code.startswith(("vault-", "store-"))}
            self._state.answered("ok" if not codes else "unreachable" if codes & PASSING else "failed")
        return reading, resolution
