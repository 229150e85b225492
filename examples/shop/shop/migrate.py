"""The migration: `python -m shop.migrate` prints the SQL that brings the database up to date.

Pipe it into psql: the example carries no driver, so that it needs no database to be tried out.
"""

from __future__ import annotations

from shop.settings import DatabaseSettings

SCHEMA = """\
create table if not exists orders (
    id bigint generated always as identity primary key,
    currency char(3) not null,
    total numeric(12, 2) not null,
    placed_at timestamptz not null default now()
);
"""


def main() -> None:
    settings = DatabaseSettings()  # type: ignore[call-arg]  # the environment fills it
    print(f"-- for the database {(settings.database.url.path or '/').lstrip('/')}\n{SCHEMA}", end="")


if __name__ == "__main__":
    main()
