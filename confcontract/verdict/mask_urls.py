"""The positions of secrets in URLs. Only a correctly written URL is certain: in doubt, everything that may be a secret
counts."""

from __future__ import annotations

import re

from confcontract.contract.secretnames import is_secret_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

# Schemes of URLs in which a user without a password is a user name. In all others it may be a token.
_USERS = """
    postgres postgresql mysql mariadb mssql sqlserver oracle db2 mongodb cockroachdb cassandra clickhouse ssh
    sftp ftp ftps scp rsync ldap ldaps smtp smtps imap imaps pop3 amqp amqps sip
"""
_WITH_USERS = frozenset(_USERS.split())
# Further schemes of configuration; a text with any other beginning may be a password that contains "://".
_OTHERS = """
    http https ws wss redis rediss valkey valkeys unix nats tls tcp udp kafka file sqlite s3 gs gcs az abfs
    abfss adl wasb wasbs hdfs mqtt mqtts grpc grpcs es elasticsearch opensearch memcached memcache neo4j bolt
    consul etcd zookeeper zk docker oci git svn rtsp stun turn turns snowflake bigquery redshift duckdb influxdb
    pulsar rabbitmq sqs sns pubsub jdbc odbc otlp statsd syslog gelf sentry vault bao data urn mailto couchdb
    couchbase arangodb trino presto hive databricks dynamodb firebird informix sybase hana vertica teradata
    milvus qdrant nfs smb cifs dns ntp socks socks4 socks5 socks5h proxy in memory in-memory sentinel cluster srv
"""
_SCHEMES = _WITH_USERS.union(_OTHERS.split())
_TOKEN_AS_USER = ("", "x-oauth-basic", "x-token-auth")  # passwords of clients that send a token as the user

# Keys of queries whose values are known to be harmless, in lower case.
_PLAIN = """
    host hostaddr hostname server port user username uid login db dbname database databasename schema service
    sid sslmode sslrootcert sslcert sslkey sslcrl ssl ssl_mode ssl_ca ssl_cert ssl_verify_cert ssl_cert_reqs
    ssl_ca_certs tls tlsinsecure tlscafile tlsallowinvalidcertificates encrypt trustservercertificate driver
    charset encoding collation options application_name applicationname appname connect_timeout timeout
    command_timeout target_session_attrs channel_binding gssencmode krbsrvname replicaset authsource
    authmechanism retrywrites retryreads readpreference readconcernlevel w journal compressors directconnection
    loadbalanced maxpoolsize minpoolsize pool_size pool_timeout max_connections max_overflow min_size max_size
    heartbeat vhost virtual_host prepared_statement_cache_size statement_cache_size plugin local_infile
    unix_socket mode cache uri protocol version api-version apiversion v format lang language locale page
    per_page limit offset size count sort order region zone env environment level debug verbose type kind topic
    queue exchange group channel wsdl timezone tz client_encoding search_path fallback_application_name
    ssl_check_hostname health_check_interval socket_timeout socket_connect_timeout decode_responses
"""
_PLAIN_KEYS = frozenset(_PLAIN.split())
_SHORT_SECRETS = ("code", "pin")  # may be only a few digits
_PLAIN_VALUE = re.compile(r"(?:true|false|yes|no|on|off|none|null|\d{1,5}|\d{1,5}(?:ms|s|m|h|d))?$", re.IGNORECASE)

_START = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*+)://")
# The beginning of the next URL in a list; in prose, white space and quotes end a URL, too.
_NEXT = re.compile(r",\s*[A-Za-z][A-Za-z0-9+.-]*+://")
_NEXT_IN_PROSE = re.compile(r"[\s\"'<>`]|,[A-Za-z][A-Za-z0-9+.-]*+://")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}(?![0-9a-zA-Z.])")
_USER = re.compile(r"[\w.~+-]*")
_HOST = r"(?:[\w.-]*|\[[0-9A-Fa-f:.]*(?:%\w+)?\]|\w*\([^()@]*\))(?::\d{0,5})?"
_HOSTS = re.compile(rf"{_HOST}(?:,{_HOST})*$")
_PUBLIC_HOST = re.compile(r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}|\d+\.\d+\.\d+\.\d+)(?::\d{1,5})?$")
# A URL, or a key and its value, that is percent-escaped as a whole, once or several times.
_ESCAPED = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*%(?:25)*3a%(?:25)*2f%(?:25)*2f|(?:pass|pwd|secret|token)[\w.-]*%(?:25)*3d", re.IGNORECASE
)


def is_sure(text: str) -> bool:
    """Whether a text that should hold a URL begins like one (or like a list of them), and contains no other scheme."""
    found = list(_START.finditer(text))
    begins = bool(found) and (found[0].start() == 0 or text.lstrip()[:1] in ("[", "{", '"') or _is_jdbc(text))
    return begins and all(_base(match) in _SCHEMES for match in found)


def in_urls(text: str, whole: bool, *, users: bool = True) -> list[Span]:
    """The parts of a text that are, or may be, secrets of URLs. whole: the text is one value, not prose. users: a name
    before the "@", without a password, counts."""
    spans = _in_userinfo(text, whole)
    position = 0
    while match := _START.search(text, position):
        position = _end_of_url(text, match.end(), whole)
        spans += _in_one(text, _base(match), match.end(), position, users=users)
        spans += _in_query(text, match.end(), position, shows_fragment=not whole and _base(match) in ("http", "https"))
    if "%" in text:
        position = 0
        while match := _ESCAPED.search(text, position):
            position = len(text) if whole else _end_of_url(text, match.end(), whole)
            spans.append((match.start(), position))
    return spans


def _is_jdbc(text: str) -> bool:
    return text[:5].lower() == "jdbc:"


def _base(match: re.Match[str]) -> str:
    """The scheme without the name of a driver: postgresql of postgresql+asyncpg."""
    return match.group(1).lower().partition("+")[0]


def _end_of_url(text: str, start: int, whole: bool) -> int:
    found = (_NEXT if whole else _NEXT_IN_PROSE).search(text, start)
    return found.start() if found else len(text)


def _in_one(text: str, scheme: str, start: int, end: int, *, users: bool) -> Iterator[Span]:
    """The user of a URL if it may be a token, and any text before an "@" that is not a user name."""
    at = text.rfind("@", start, end)
    if at < 0:
        authority = text[start : _end_of_authority(text, start, end)].lower()
        if "%40" in authority or "%3a" in authority:
            yield start, end
        return
    user, colon, _ = text[start:at].partition(":")
    named = _USER.fullmatch(user) is not None
    if colon and named:
        return  # the part after the colon is found separately
    if named and (scheme in _WITH_USERS or not users):
        return
    head, slash, _ = text[start:at].partition("/")
    if slash and not colon and _PUBLIC_HOST.match(head):
        return  # https://example.com/@user
    yield start, at


def _end_of_authority(text: str, start: int, end: int) -> int:
    found = re.compile(r"[/?#;\\]").search(text, start, end)
    return found.start() if found else end


def _in_query(text: str, start: int, end: int, *, shows_fragment: bool) -> Iterator[Span]:
    """The values of all keys except those known to be harmless. In a fragment too: a configuration has no real
    fragments."""
    start = max(start, text.rfind("@", start, end) + 1)
    for match in re.compile(r"[?&;#]([^?&;#]*)").finditer(text, start, end):
        key, equals, value = match.group(1).partition("=")
        if not equals:
            bare = key.strip().lower()
            in_fragment = text[match.start()] == "#"
            if bare and bare not in _PLAIN_KEYS and not (in_fragment and (shows_fragment or bare.startswith("/"))):
                yield match.start(1), match.end()
        elif value and not _is_plain(key.strip().lower(), value.strip()):
            yield match.end() - len(value), match.end()


def _is_plain(key: str, value: str) -> bool:
    if key in _PLAIN_KEYS:
        return True
    return not is_secret_key(key) and key not in _SHORT_SECRETS and _PLAIN_VALUE.match(value) is not None


def _in_userinfo(text: str, whole: bool) -> list[Span]:
    """scheme://user:password@host, also without scheme; from the first colon to the last "@"."""
    authority, start = _password_start(text)
    if start is None:
        return []
    end = text.rfind("@")
    if authority is None and _DIGEST.match(text, end + 1):  # python:3.12@sha256:...: an image, not a host
        end = text.rfind("@", 0, end)
    if end >= start:
        if authority is not None and text[start:end] in _TOKEN_AS_USER and not _has_users(text, authority):
            return [(authority, end)]
        return [(start, end)] if end > start else []
    if authority is not None and end < authority:
        return _instead_of_port(text, authority, start, whole)
    return []


def _has_users(text: str, authority: int) -> bool:
    found = [match for match in _START.finditer(text, 0, authority) if match.end() == authority]
    return bool(found) and _base(found[0]) in _WITH_USERS


def _password_start(text: str) -> tuple[int | None, int | None]:
    """The beginning of the first URL's authority, and of its possible password: after the first colon that belongs
    neither to "://" nor to prose ("name: value")."""
    authority: int | None = None
    position = len("jdbc:") if _is_jdbc(text) else 0
    while (colon := text.find(":", position)) >= 0:
        after = text[colon + 1 : colon + 3]
        fresh = authority is None or any(character.isspace() for character in text[position:colon])
        if after == "//" and fresh:
            authority = position = colon + 3
            closing = text.find("]", position)
            if text.startswith("[", position) and closing > 0 and text.find("@", position) < 0:
                position = closing  # an IPv6 address has colons of its own
        elif authority is None and (after == "" or after[0].isspace()):
            position = colon + 1
        else:
            return authority, colon + 1
    return authority, None


def _instead_of_port(text: str, authority: int, start: int, whole: bool) -> list[Span]:
    """postgres://app:hunter2 - the "@" was forgotten, so the text in place of the port may be the password, and
    everything after it may belong to the password."""
    stop = _end_of_authority(text, authority, len(text))
    if stop < start:
        return []  # the colon is in a path
    end = _end_of_url(text, authority, whole)
    hosts = text[authority : min(stop, end)].rstrip(".,)]}" if not whole else None)
    return [] if _HOSTS.match(hosts) or end <= start else [(start, end)]
