"""The import kit: other people's spreadsheets in, rows with reasons out; it knows no service.

``inspect`` looks at an upload and refuses what is no honest sheet; ``read`` streams its rows from a
limited child process; ``find_layout`` matches headers; ``check_chunk`` turns cells into values and
problems; the writers hand back rejected rows and templates.
"""
