"""Two classes, a failing request, an exception and arguments: something for every route."""

from locust import HttpUser, TaskSet, constant, events, task


@events.init_command_line_parser.add_listener
def on_parser(parser):
    parser.add_argument("--word", default="none")
    parser.add_argument("--flag", action="store_true")


@events.init.add_listener
def on_init(environment, web_ui, **kwargs):
    @web_ui.app.route("/mine")
    def mine():
        options = environment.parsed_options
        return {"word": options.word, "flag": options.flag, "profile": environment.profile}


class Visitor(HttpUser):
    wait_time = constant(0.05)

    @task
    def front(self):
        self.client.get("/")

    @task
    def broken(self):
        self.client.get("/status/404")


class Buyer(HttpUser):
    wait_time = constant(0.05)

    @task
    class Forum(TaskSet):
        @task
        def read(self):
            raise ValueError("oops")
