"""Three turns with the official openai client, one of them streamed. Arguments: base URL, model."""
import sys
import time

from openai import OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="sk-none")
messages = [{"role": "user", "content": f"{time.time_ns()} Tell me of the mill. " * 12}]
routes = []

raw = client.chat.completions.with_raw_response.create(model=sys.argv[2], messages=messages, max_tokens=12)
routes.append(raw.headers["x-turnpike-route"])
messages += [{"role": "assistant", "content": raw.parse().choices[0].message.content}, {"role": "user", "content": "Go on."}]

with client.chat.completions.with_streaming_response.create(
    model=sys.argv[2], messages=messages, max_tokens=12, stream=True, stream_options={"include_usage": True}
) as response:
    routes.append(response.headers["x-turnpike-route"])
    chunks = list(response.parse())
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text and chunks[-1].usage.completion_tokens > 0, chunks
messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "And then?"}]

raw = client.chat.completions.with_raw_response.create(model=sys.argv[2], messages=messages, max_tokens=12)
routes.append(raw.headers["x-turnpike-route"])
assert client.models.list().data[0].id == sys.argv[2]
print("routes:", *routes)
