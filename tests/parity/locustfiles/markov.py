"""A Markov chain with every form in which transitions can be written."""

from locust import HttpUser, MarkovTaskSet, constant, transition, transitions


class Browsing(MarkovTaskSet):
    @transition("catalogue")
    def home(self):
        self.client.get("/", name="home")

    @transition("home", weight=1)
    @transition("product", weight=3)
    def catalogue(self):
        self.client.get("/json", name="catalogue")

    @transitions({"cart": 3, "catalogue": 1, "home": 1})
    def product(self):
        self.client.get("/bytes/8", name="product")

    @transitions([("pay", 2), "home"])
    def cart(self):
        self.client.post("/echo", "1", name="cart")

    @transitions(["home", "catalogue"])
    def pay(self):
        self.client.post("/echo", "2", name="pay")


class Customer(HttpUser):
    wait_time = constant(0.01)
    tasks = [Browsing]
