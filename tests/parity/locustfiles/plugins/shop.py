"""A locustfile of a team that uses locust_plugins: readers, transactions, listeners, pools."""

from io import StringIO

from locust import FastHttpUser, HttpUser, SequentialTaskSet, constant, events, task
from locust_plugins.connection_pools import FastHttpPool
from locust_plugins.csvreader import CSVDictReader, CSVReader
from locust_plugins.distributor import Distributor
from locust_plugins.listeners import RescheduleTaskOnFail, RunOnFail, RunOnUserError
from locust_plugins.listeners.jmeter import JmeterListener
from locust_plugins.transaction_manager import TransactionManager

users = CSVDictReader(StringIO("name,size\nann,3\nbob,4\n"))
sizes = CSVReader(StringIO("5\n6\n"))
shared = {}


@events.init.add_listener
def on_init(environment, **kwargs):
    shared["ids"] = Distributor(environment, iter(range(100, 200)), "ids")
    JmeterListener(environment, testplan="shop", results_filename="jmeter.csv")
    RunOnFail(environment, lambda error, name, **kw: print("failed", name, type(error).__name__))
    RunOnUserError(environment, lambda user, error, tb: print("error", repr(error)))
    RescheduleTaskOnFail(environment)


@events.quitting.add_listener
def at_end(environment, **kwargs):
    with open("jmeter.csv") as file:
        heading = file.readline().split(",")
        rows = [dict(zip(heading, line.split(","), strict=True)) for line in file]
    for row in rows[:5]:
        print(row["label"], row["responseCode"], row["responseMessage"], row["bytes"])
    print("requests", environment.stats.total.num_requests, "rows", len(rows))


class Shopping(SequentialTaskSet):
    def on_start(self):
        self.transactions = TransactionManager()
        self.row = next(users)

    @task
    def sign_in(self):
        self.transactions.start_transaction("sign in")
        self.client.get(f"/bytes/{self.row['size']}", name=f"sign in {self.row['name']}")
        self.transactions.end_transaction("sign in", True)

    @task
    def pick(self):
        print("item", next(shared["ids"]), "size", *next(sizes))

    @task
    def missing(self):
        self.client.get("/status/404", name="missing")
        print("never reached")

    @task
    def broken(self):
        raise ValueError("broken")

    @task
    def done(self):
        print(self.user.context(), [one[2:] for one in TransactionManager.transactions])
        self.user.environment.runner.quit()


class Shopper(HttpUser):
    fixed_count = 1
    wait_time = constant(0)
    tasks = [Shopping]


class Pooled(FastHttpUser):
    wait_time = constant(0.05)

    def on_start(self):
        self.pool = FastHttpPool(user=self, size=2)

    @task
    def t(self):
        assert self.pool.get("/json", name="pooled").status_code == 200
