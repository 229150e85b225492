"""MySQL or MariaDB takes the login."""

from __future__ import annotations

from confcontract.checks.login import Login


class MySQL(Login):
    """MySQL or MariaDB takes the login of the DSN and answers SELECT 1.

    target: a variable that holds the DSN. The driver is the one that the DSN names (mysql+pymysql://), or the first
    that is installed: pymysql, MySQLdb, mysql.connector (confcontract[mysql]). plain_connection: if none is, a
    connection to the port is enough. Raises ValueError.
    """

    __slots__ = ()
    kind = "mysql"
    words = "the MySQL database at {target} answers"
    drivers = ("pymysql", "MySQLdb", "mysql.connector")
