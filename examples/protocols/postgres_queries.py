"""PostgreSQL: reads and writes; needs `pip install 'locust_like[postgres]'`."""

import os
import random

from locust import between, task
from locust.contrib.postgres import PostgresUser


class Reader(PostgresUser):
    conn_string = os.environ.get("POSTGRES", "postgresql://postgres@127.0.0.1/postgres")
    wait_time = between(0.05, 0.1)

    def on_start(self) -> None:
        self.client.execute_query(
            "CREATE TABLE IF NOT EXISTS visits (id bigserial, page int)", name="set up"
        )

    @task(3)
    def read(self) -> None:
        pages = self.client.execute_query("SELECT page, count(*) FROM visits GROUP BY page")
        if pages is not None:
            self.pages = pages.fetchall()

    @task
    def write(self) -> None:
        # Values go to the server beside the text, so no name or quote can break it.
        self.client.execute_query(
            "INSERT INTO visits (page) VALUES (%s)", [random.randrange(10)], name="insert"
        )
