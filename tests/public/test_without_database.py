"""The public pages of an installation that has no database at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys

ASK = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
assert settings.DATABASES.get("default", {}).get("ENGINE", "dummy").endswith("dummy")
client = Client()
pages = ["/", "/about", "/law", "/law/us/ca", "/law/us/zz", "/atlas", "/atlas.csv", "/try", "/evidence", "/evidence/declined",
         "/evidence/county/us/il/cook-county", "/claims", "/healthz"]
out = {page: client.get(page).status_code for page in pages}
sent = {"place": "us/ca", "on": "2024-07-25", "custodian": "county_jail", "paper": "I-247A", "record": "none", "where": "here"}
out["POST /try"] = client.post("/try", sent).status_code
out["log in"] = "Log in" in client.get("/").content.decode()
print(json.dumps(out))
"""


def test_every_page_is_served() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("log in") is False
    assert found.pop("/law/us/zz") == 404
    assert found.pop("/healthz") in (200, 404, 503)
    assert set(found.values()) == {200}, found
