"""MongoDB: find documents; needs `pip install 'locust_like[mongodb]'`."""

import os
import random

from locust import between, task
from locust.contrib.mongodb import MongoDBUser


class Reader(MongoDBUser):
    conn_string = os.environ.get("MONGODB", "mongodb://127.0.0.1:27017")
    db_name = "shop"
    wait_time = between(0.05, 0.1)

    @task
    def by_colour(self) -> None:
        colour = random.choice(["red", "blue"])
        self.client.execute_query("articles", {"colour": colour})

    @task
    def everything(self) -> None:
        self.client.execute_query("articles", {}, name="all articles")
