"""Which workers get turns: what the registry is told, and what gateways say."""
import json
import urllib.error
import urllib.request


class Registry:
    """Tells the registry which workers there are."""

    def __init__(self, facts, key):
        self.facts, self.key = facts, key

    def call(self, method, path, body=None):
        url = "http://%s:%s/v1/nodes%s" % (self.facts["REGISTRY_HOST"], self.facts["REGISTRY_PORT"], path)
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        if self.key:
            request.add_header("Authorization", "Bearer " + self.key)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or b"{}")

    def join(self, worker):
        body = {"role": worker.role, "url": "http://" + worker.address, "connector": worker.spec["connector"]}
        if worker.spec["zmq"]:
            body["zmq_address"] = "%s:%d" % (worker.facts["host"], worker.facts["ports"]["SIDE_PORT"])
        self.call("PUT", "/" + worker.name, body)

    def node(self, name):
        try:
            return self.call("GET", "/" + name)
        except (OSError, ValueError):
            return {}

    def told(self, method, path):
        """Whether it has heard it."""
        try:
            self.call(method, path)
            return True
        except (OSError, ValueError):
            return False


def turns_at(gateway, name):
    """Turns that a gateway of ours has on a worker."""
    port = gateway.facts["ports"].get("MANAGEMENT_PORT") if gateway.facts else None
    if port is None:
        return 0
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d/actuator/prometheus" % port, timeout=5) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("turnpike_node_inflight_turns{") and 'node="%s"' % name in line:
                    return float(line.rsplit(" ", 1)[1])
    except (OSError, ValueError):
        pass
    return 0
