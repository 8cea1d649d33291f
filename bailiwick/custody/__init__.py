"""People in custody: bookings, grounds, charges, requests, decisions, clocks, releases. Every change appends to the record."""
