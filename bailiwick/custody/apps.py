from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "bailiwick.custody"
    default_auto_field = "django.db.models.BigAutoField"
