"""A tab with a table of its own, rows for it, and a file, as the docs of Locust show."""

import json

from flask import Blueprint, render_template, request

from locust import HttpUser, constant, events, task

lengths = {"/": 7}
more = Blueprint("more", "more")


@events.init.add_listener
def on_init(environment, **kwargs):
    ui = environment.web_ui

    @ui.app.after_request
    def add_rows(response):
        if request.path != "/stats/requests":
            return response
        rows = [{"name": name, "content_length": total} for name, total in lengths.items()]
        extended = [{"key": "content-length", "data": rows}]
        response.set_data(json.dumps({**response.json, "extended_stats": extended}))
        return response

    @more.route("/content-length/csv")
    def as_csv():
        return "Name,Total\n"

    @more.route("/extend")
    def extend():
        ui.update_template_args()
        ui.template_args |= {
            "extended_tabs": [{"title": "Content Length", "key": "content-length"}],
            "extended_tables": [
                {
                    "key": "content-length",
                    "structure": [
                        {"key": "name", "title": "Name"},
                        {"key": "content_length", "title": "Total content length"},
                    ],
                }
            ],
            "extended_csv_files": [{"href": "/content-length/csv", "title": "Content length CSV"}],
        }
        return render_template("index.html", template_args=ui.template_args)

    ui.app.register_blueprint(more)


class Visitor(HttpUser):
    host = "http://127.0.0.1:1"
    wait_time = constant(1)

    @task
    def front(self):
        self.client.get("/")
