"""A server that speaks OpenAI's interface: whole replies and streamed ones.

Needs `pip install 'locust_like[openai]'` and the variables OPENAI_API_KEY and OPENAI_BASE_URL.
"""

from locust import between, task
from locust.contrib.oai import OpenAIUser

MODEL = "small"
QUESTION = [{"role": "user", "content": "Say good morning."}]


class Asker(OpenAIUser):
    wait_time = between(0.05, 0.1)

    @task
    def whole(self) -> None:
        with self.client.rename_request("whole reply"):
            self.client.chat.completions.create(model=MODEL, messages=QUESTION)

    @task
    def streamed(self) -> None:
        # Two rows: TTFT, until the first piece has come, and POST, until the last one.
        with self.client.rename_request("streamed reply"):
            pieces = self.client.chat.completions.create(
                model=MODEL,
                messages=QUESTION,
                stream=True,
                stream_options={"include_usage": True},
            )
            self.words = [piece.choices[0].delta.content for piece in pieces if piece.choices]
