"""Users of PostgreSQL, on psycopg 3.

psycopg waits for its sockets in Python, with `select.poll`, where `select` is patched; otherwise in
C, which would keep all users waiting. Each query is a transaction of its own.

Source: Locust 2.47, contrib/postgres.py. There all queries of a user are one transaction: it is
never committed, and after one failure every later query fails.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from locust_like.contrib import extra, request_hook
from locust_like.interfaces import EnvironmentLike, RequestHookLike
from locust_like.users.user import User

with extra("postgres"):
    import psycopg

if TYPE_CHECKING:
    from psycopg.abc import Params
    from psycopg.sql import SQL, Composed


class PostgresClient:
    """One connection whose queries are reported.

    Args:
        conn_string: of libpq, "postgresql://..." or "host=... dbname=...".
        request_event: what to report to; None = that of the command line.

    Raises:
        psycopg.OperationalError: there is no connection.
    """

    def __init__(self, conn_string: str, *, request_event: RequestHookLike | None = None) -> None:
        """Connect."""
        self.connection = psycopg.connect(conn_string, autocommit=True)
        self._request_event = request_event

    def execute_query(
        self,
        query: "str | bytes | SQL | Composed",
        params: "Params | None" = None,
        *,
        name: str = "execute_query",
    ) -> psycopg.Cursor[tuple[Any, ...]] | None:
        """Run a query and report it as `postgres_success` or `postgres_failure`.

        Args:
            query: SQL, with placeholders where there are `params`.
            params: values of the placeholders.
            name: of the row in the statistics.

        Returns:
            The cursor with the rows, which are all here already; None when the query failed.
        """
        text = query.encode() if isinstance(query, str) else query
        hook = request_hook(self._request_event)
        cursor = None
        with hook.measure("postgres_success", name) as report:
            try:
                cursor = self.connection.execute(text, params)
            except BaseException:
                report["request_type"] = "postgres_failure"
                raise
        return cursor

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class PostgresUser(User):
    """A user with a connection to PostgreSQL.

    Attributes:
        conn_string: see `PostgresClient`.
    """

    abstract: ClassVar[bool] = True
    client: PostgresClient
    conn_string: str

    def __init__(self, environment: EnvironmentLike) -> None:
        """Connect."""
        super().__init__(environment)
        self.client = PostgresClient(self.conn_string, request_event=environment.events.request)

    def on_stop(self) -> None:
        """Close the connection."""
        self.client.close()
