"""What happened next to the people of one release, as far as that release met them again.

All tables here are DuckDB views of one release, linked by its anonymous person; days are the release's local days:

    detainers(person, day, outcome, county)     outcome as in bailiwick.evidence.outcomes; county: FIPS code or null
    arrests(person, day, method)                method: in_custody, at_large, other, or null
    stays(person, day)                          a stay in detention began
    removals(person, day)                       also the day of departure that a detainer's row tells
    encounters(person, day)

A person is text; a row without a person or day, or of a person whose identity is in doubt, stands in none of them and is
counted by whoever makes the views.
"""
