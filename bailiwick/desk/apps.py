from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "bailiwick.desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bailiwick.desk.accounts import session

        session.connect()
