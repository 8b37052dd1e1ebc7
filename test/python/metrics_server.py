"""A real HTTP server that takes metrics as podmate does, and can be away, refuse or redirect."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-job"


class MetricsServer:
    """Keeps the points that it answered with 200, in the order in which they came."""

    def __init__(self) -> None:
        self.points: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str | None, Any]] = []  # path, authorization, body
        self.judge: Callable[[Any], int] = lambda _body: 200
        self.most_bytes = 8 << 20  # a longer body is not read to its end, as podmate does
        self.changed = threading.Condition()
        self.port = 0
        self.http: ThreadingHTTPServer | None = None
        self.come()

    @property
    def steps(self) -> list[int]:
        return [point["step"] for point in self.points]

    @property
    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.port}/api/training/jobs"
        return {"JOB_ID": "a job", "JOB_TOKEN": TOKEN, "METRICS_API_URL": url}

    def come(self) -> None:
        self.http = ThreadingHTTPServer(("127.0.0.1", self.port), handler_of(self))
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def go_away(self) -> None:
        """Connections are refused until it comes back to the same port."""
        if self.http is not None:
            self.http.shutdown()
            self.http.server_close()
            self.http = None

    def take(self, path: str, authorization: str | None, body: Any) -> int:
        with self.changed:
            status = self.judge(body)
            self.requests.append((path, authorization, body))
            if status == 200:
                self.points += body if isinstance(body, list) else [body]
            self.changed.notify_all()
            return status

    def wait_for(self, what: Callable[[], bool], seconds: float = 30) -> bool:
        with self.changed:
            return self.changed.wait_for(what, seconds)


def handler_of(server: MetricsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            if length > server.most_bytes:
                self.connection.shutdown(socket.SHUT_RD)
                self.send_error(413)
                self.close_connection = True
                return
            body = self.rfile.read(length)
            status = server.take(self.path, self.headers["Authorization"], json.loads(body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(
                json.dumps({"status": "ok"} if status == 200 else {"detail": "no"}).encode()
            )

        def do_GET(self) -> None:
            server.take(self.path, self.headers["Authorization"], None)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_what: Any) -> None:
            pass

    return Handler
