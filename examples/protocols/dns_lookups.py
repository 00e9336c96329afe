"""DNS: look names up over UDP and TCP; needs `pip install 'locust_like[dns]'`."""

import os

import dns.message
from locust import between, task
from locust.contrib.dns import DNSUser

SERVER = os.environ.get("DNS_SERVER", "127.0.0.1")
PORT = int(os.environ.get("DNS_PORT", "53"))


class Resolver(DNSUser):
    wait_time = between(0.05, 0.1)

    @task(3)
    def address(self) -> None:
        message = dns.message.make_query("www.example.test", "A")
        self.client.udp(message, SERVER, port=PORT, timeout=5, name="A over UDP")

    @task
    def over_tcp(self) -> None:
        message = dns.message.make_query("www.example.test", "A")
        self.client.tcp(message, SERVER, port=PORT, timeout=5)
