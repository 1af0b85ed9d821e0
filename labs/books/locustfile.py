"""Load for the books lab, for Locust: readers who now and then add a book.

    locust -f labs/books/locustfile.py

Then open http://localhost:8089/ and press "Start swarming". The defaults below are those of the form.
"""

import random

from locust import FastHttpUser, between, events, task

TITLE_WORDS = ["river", "winter", "house", "letters", "north", "garden", "salt", "machine", "island", "light"]
AUTHOR_WORDS = ["Ash", "Birch", "Cedar", "Elm", "Hazel", "Larch", "Maple", "Rowan", "Willow", "Yew"]


@events.init_command_line_parser.add_listener
def set_defaults(parser):
    parser.set_defaults(host="http://localhost:8080", num_users=100, spawn_rate=10, run_time="3m")


class Reader(FastHttpUser):
    wait_time = between(0.5, 2)

    def on_start(self):
        self.locations = []

    @task(6)
    def list_books(self):
        self.client.get("/api/books", name="GET /api/books")

    @task(3)
    def read_book(self):
        if not self.locations:
            return
        self.client.get(random.choice(self.locations), name="GET /api/books/ID")

    @task(2)
    def add_book(self):
        book = {
            "title": " ".join(random.sample(TITLE_WORDS, 3)),
            "author": " ".join(random.sample(AUTHOR_WORDS, 2)),
            "published_year": random.randint(1800, 2026),
        }
        with self.client.post("/api/books", json=book, name="POST /api/books", catch_response=True) as response:
            if response.status_code != 201:
                response.failure(f"answered {response.status_code} instead of 201")
                return
            # The Location is relative to the address of the request (RFC 9110 10.2.2).
            self.locations = [*self.locations[-49:], "/api/" + response.headers["Location"]]
