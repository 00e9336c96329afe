"""Rows of a file that is opened when the locustfile is imported, one for each request."""

import csv
import io

from locust import HttpUser, constant, task

reader = csv.DictReader(io.StringIO("name,size\n" + "".join(f"n{i},{i}\n" for i in range(10_000))))


class MyUser(HttpUser):
    wait_time = constant(0.02)

    @task
    def t(self):
        row = next(reader)
        with self.client.get(f"/bytes/{row['size']}", name="/bytes", catch_response=True) as resp:
            if len(resp.content) != int(row["size"]):
                resp.failure(f"{row['name']} has {len(resp.content)} bytes")
