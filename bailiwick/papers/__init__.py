"""Printed notices and forms, as PDF/UA, in the person's language."""
