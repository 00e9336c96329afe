"""Tasks that use the blocking standard library beside the client: sleep, threads, urllib, locks."""

import threading
import time
import urllib.request

from gevent.pool import Pool
from locust import HttpUser, constant, task

lock = threading.Lock()


class MyUser(HttpUser):
    wait_time = constant(0.02)

    @task
    def parallel(self):
        pool = Pool(3)
        for size in (1, 2, 3):
            pool.spawn(self.client.get, f"/bytes/{size}", name="parallel")
        pool.join()

    @task
    def blocking(self):
        with lock:
            time.sleep(0.001)
        began = time.perf_counter()
        with urllib.request.urlopen(f"{self.host}/json") as reply:
            body = reply.read()
        self.environment.events.request.fire(
            request_type="GET",
            name="urllib",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=len(body),
            exception=None,
            context=self.context(),
        )
