# Tells Switchhook who calls, and the page at / whose card to open. Start: python3 receiver.py
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

HERE = Path(__file__).parent
CUSTOMERS = json.loads((HERE / "customers.json").read_text(encoding="utf-8"))
PAGE = (HERE / "cards.html").read_bytes()
latest = {"nth": 0, "name": "", "card": ""}


def route(callerid):
    """The reply of Switchhook's request; `+` becomes %2B and `&` %26, as they have to be."""
    customer = CUSTOMERS.get(callerid)
    if customer is None:
        print(f"{callerid} is nobody's number", flush=True)
        return "status=NAK"
    latest.update(nth=latest["nth"] + 1, name=customer["name"], card=customer["card"])
    print(f"{callerid} is {customer['name']}; their card: {customer['card']}", flush=True)
    return urlencode({"status": "ACK", "callername": customer["name"], "destination": customer["phone"]})


class Receiver(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/route":
            callerid = parse_qs(url.query).get("callerid", [""])[0]
            self.answer("application/x-www-form-urlencoded", route(callerid).encode())
        elif url.path == "/latest":
            self.answer("application/json", json.dumps(latest).encode())
        else:
            self.answer("text/html; charset=utf-8", PAGE)

    def answer(self, content_type, body):
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


place = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "21112")))
ThreadingHTTPServer(place, Receiver).serve_forever()
