"""A small proxy as people write them: prefill first, then decode with what prefill returned (NIXL)."""

import argparse
import itertools
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--prefiller-hosts", nargs="+", required=True)
parser.add_argument("--prefiller-ports", nargs="+", required=True)
parser.add_argument("--decoder-urls", nargs="+", required=True)
options = parser.parse_args()

prefills = itertools.cycle(
    f"http://{host}:{port}" for host, port in zip(options.prefiller_hosts, options.prefiller_ports))
decodes = itertools.cycle(options.decoder_urls)


def ask(base, path, body):
    request = urllib.request.Request(
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Proxy(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first = dict(body, max_tokens=1, stream=False, kv_transfer_params={
            "do_remote_decode": True, "do_remote_prefill": False, "remote_engine_id": None,
            "remote_block_ids": None, "remote_host": None, "remote_port": None})
        handed = ask(next(prefills), self.path, first)["kv_transfer_params"]
        answer = ask(next(decodes), self.path, dict(body, kv_transfer_params=handed))
        answer["handed_over"] = handed["remote_engine_id"]
        answer["greeting"] = os.environ.get("GREETING")
        out = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    def log_message(self, *arguments):
        pass


print(f"proxy on {options.port}", flush=True)
ThreadingHTTPServer(("127.0.0.1", options.port), Proxy).serve_forever()
