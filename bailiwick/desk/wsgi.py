"""The WSGI application that granian serves. Each worker imports this module, and begins to load what its pages need."""

import os

from django.core.wsgi import get_wsgi_application

from bailiwick.desk import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bailiwick.desk.settings")
application = get_wsgi_application()
warm.start()
