"""A login, a route and a tab of its own: what scripts do with the page, as the docs of Locust show."""

import os

from flask import Blueprint, redirect, request, session, url_for
from flask_login import UserMixin, login_user, logout_user

from locust import HttpUser, constant, events, task


class Visitor(HttpUser):
    host = "http://127.0.0.1:1"
    wait_time = constant(1)

    @task
    def front(self):
        self.client.get("/")


class Person(UserMixin):
    def __init__(self, name):
        self.name = name

    def get_id(self):
        return self.name


@events.init.add_listener
def on_init(environment, **kwargs):
    ui = environment.web_ui
    if ui is None:
        return
    base = environment.parsed_options.web_base_path
    ways_in = Blueprint("ways_in", "ways_in", url_prefix=base)
    ui.login_manager.user_loader(Person)
    ui.app.config["SECRET_KEY"] = os.getenv("FLASK_SECRET_KEY")
    ui.auth_args = {
        "username_password_callback": f"{base}/login_submit",
        "auth_providers": [
            {
                "label": "Example",
                "callback_url": f"{base}/login/example",
                "icon_url": "https://icons.example.com:8443/a.png",
            }
        ],
    }

    @ways_in.route("/login/example")
    def by_example():
        login_user(Person("from example"))
        return redirect(url_for("locust.index"))

    @ways_in.route("/login_submit", methods=["POST"])
    def by_password():
        if request.form.get("password") == "secret":
            login_user(Person(request.form["username"]))
            return redirect(url_for("locust.index"))
        session["auth_error"] = "No such user"
        return redirect(url_for("locust.login"))

    @ways_in.route("/login_submit/inside")
    @ui.auth_required_if_enabled
    def inside():
        return "inside"

    @ui.app.route("/mine")
    @ui.auth_required_if_enabled
    def mine():
        return "mine"

    @ui.app.route("/leave")
    def leave():
        logout_user()
        return "bye"

    ui.app.register_blueprint(ways_in)
