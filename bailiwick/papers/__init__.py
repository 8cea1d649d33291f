"""Papers: notices, forms and replies that the law or a person asks for, in the person's language and in English, as PDF/UA."""
