"""The format confcontract/v1 as a grammar that pydantic_core itself checks: closed, and fast enough for every
command."""
