# Returns when nothing runs and nothing waits in the engine of this pod, or when its time is up.
# An engine that does not answer has nothing to wait for. Arguments: port, seconds at most, seconds first.
import re, sys, time, urllib.request

port, most, first = sys.argv[1:]
end = time.time() + float(most)
time.sleep(float(first))
while time.time() < end:
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
    except OSError:
        break
    held = re.findall(r"(?m)^vllm:num_requests_(?:running|waiting)(?:\{[^}]*\})? ([0-9.e+]+)$", page)
    if sum(map(float, held)) == 0:
        break
    time.sleep(0.5)
