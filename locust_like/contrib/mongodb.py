"""Users of MongoDB, on PyMongo.

Every client of PyMongo watches its servers with greenlets and connections of its own. Many users
are lighter when they share one: make it in the locustfile, and let their `client` be that.

Source: Locust 2.47, contrib/mongodb.py.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from locust_like.contrib import extra, request_hook
from locust_like.interfaces import EnvironmentLike, RequestHookLike
from locust_like.users.user import User

with extra("mongodb"):
    from pymongo import MongoClient

Document = dict[str, Any]


class MongoDBClient(MongoClient[Document]):
    """A client whose queries are reported.

    Args:
        conn_string: "mongodb://...".
        db_name: of the database.
        request_event: what to report to; None = that of the command line.

    Attributes:
        db: the database.
    """

    def __init__(
        self, conn_string: str, db_name: str, *, request_event: RequestHookLike | None = None
    ) -> None:
        """Connect when the first query comes, as PyMongo does."""
        super().__init__(conn_string)
        self.db = self[db_name]
        self._request_event = request_event

    def execute_query(
        self, collection_name: str, query: Mapping[str, Any], *, name: str = "QUERY"
    ) -> list[Document] | None:
        """Find all documents of a collection that match, and report it as `MONGODB`.

        Args:
            collection_name: where to look.
            query: a filter of MongoDB, {} = everything.
            name: of the row in the statistics.

        Returns:
            The documents; None when the query failed.
        """
        documents = None
        with request_hook(self._request_event).measure("MONGODB", name):
            documents = list(self.db[collection_name].find(query))
        return documents


class MongoDBUser(User):
    """A user with a MongoDB client.

    Attributes:
        conn_string: see `MongoDBClient`.
        db_name: likewise.
    """

    abstract: ClassVar[bool] = True
    client: MongoDBClient
    conn_string: str
    db_name: str

    def __init__(self, environment: EnvironmentLike) -> None:
        """Make the client."""
        super().__init__(environment)
        self.client = MongoDBClient(
            self.conn_string, self.db_name, request_event=environment.events.request
        )

    def on_stop(self) -> None:
        """Close the client's connections."""
        self.client.close()
