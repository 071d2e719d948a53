# Reads request targets, one a line; writes what a Python receiver finds in each as a line of JSON.
import json
import sys
from urllib.parse import parse_qs, unquote, urlsplit

for line in sys.stdin:
    target = urlsplit(line.rstrip("\n"))
    query = parse_qs(target.query, keep_blank_values=True, strict_parsing=True, errors="strict")
    path = [unquote(part, errors="strict") for part in target.path.split("/")[1:]]
    print(json.dumps({"path": path, "query": query}))
