"""Hands one order to the driver of a running job, and says what comes of it: python turnpike_order.py JOB WORD...

Lines for people begin with "turnpike: "; exit code 1 with a last line "turnpike! FAULT" if it went wrong.
"""
import sys
import time

import ray


def main():
    job, words = sys.argv[1], sys.argv[2:]
    ray.init(namespace="turnpike", log_to_driver=False)
    try:
        desk = ray.get_actor("turnpike-" + job)
        number, read = ray.get(desk.put.remote(words), timeout=60), 0
        while True:
            lines, fault = ray.get(desk.said.remote(number, read), timeout=60)
            for line in lines:
                print("turnpike: " + line, flush=True)
            read += len(lines)
            if fault is not None:
                break
            time.sleep(0.3)
    except (ValueError, ray.exceptions.RayError) as lost:
        fault = "the job's driver does not answer: %s" % type(lost).__name__
    if fault:
        print("turnpike! " + fault, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
