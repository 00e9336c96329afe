"""A client for another protocol: Python's own XML-RPC, whose calls are reported as requests."""

import time
from threading import Thread
from xmlrpc.client import Fault, ServerProxy
from xmlrpc.server import SimpleXMLRPCServer

from locust import User, constant, events, task

server = SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False)
server.register_function(lambda: time.time(), "get_time")
server.register_function(lambda a, b: a / b, "divide")
port = server.server_address[1]


@events.test_start.add_listener
def _(**kwargs):
    Thread(target=server.serve_forever, daemon=True).start()


class XmlRpcClient(ServerProxy):
    def __init__(self, host, request_event):
        super().__init__(host)
        self._request_event = request_event

    def __getattr__(self, name):
        func = ServerProxy.__getattr__(self, name)

        def wrapper(*args, **kwargs):
            request_meta = {
                "request_type": "xmlrpc",
                "name": name,
                "start_time": time.time(),
                "response_length": 0,
                "response": None,
                "context": {},
                "exception": None,
            }
            start_perf_counter = time.perf_counter()
            try:
                request_meta["response"] = func(*args, **kwargs)
            except Fault as e:
                request_meta["exception"] = e
            request_meta["response_time"] = (time.perf_counter() - start_perf_counter) * 1000
            self._request_event.fire(**request_meta)
            return request_meta["response"]

        return wrapper


class XmlRpcUser(User):
    abstract = True

    def __init__(self, environment):
        super().__init__(environment)
        self.client = XmlRpcClient(f"http://127.0.0.1:{port}", environment.events.request)


class MyUser(XmlRpcUser):
    wait_time = constant(0.05)

    @task
    def get_server_time(self):
        self.client.get_time()

    @task
    def divide(self):
        self.client.divide(1, 0)
