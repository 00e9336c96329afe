"""A Markov chain: what visitors do next depends on where they are, with weights."""

from locust import HttpUser, MarkovTaskSet, constant, transition, transitions


class Browsing(MarkovTaskSet):
    # The first task is where everybody begins. Each says which may follow it.
    @transition("catalogue")
    def home(self) -> None:
        self.client.get("/", name="home")

    @transitions({"product": 3, "home": 1})
    def catalogue(self) -> None:
        self.client.get("/json", name="catalogue")

    @transitions(["catalogue", ("home", 2)])
    def product(self) -> None:
        self.client.get("/bytes/2000", name="product")


class Visitor(HttpUser):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.02)
    tasks = [Browsing]  # noqa: RUF012 (the way Locust's users write it)
