"""Each user takes the next line of a CSV file; after the last line the first comes again."""

import csv
from itertools import cycle
from pathlib import Path

from locust import HttpUser, between, task

# Read once, when the locustfile is loaded, and not by each user.
with Path(__file__).with_name("people.csv").open(newline="") as file:
    PEOPLE = cycle(list(csv.DictReader(file)))


class Person(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = between(0.05, 0.2)

    def on_start(self) -> None:
        # Users are greenlets of one thread, so nobody else takes a line at the same time.
        self.row = next(PEOPLE)
        login = {"name": self.row["name"], "password": self.row["password"]}
        self.client.post("/echo", json=login, name="login")

    @task
    def articles(self) -> None:
        for number in range(int(self.row["articles"])):
            self.client.get(f"/bytes/{number + 1}", name="article")
