"""Imports: a user's file, whatever its subject, to a frame that keeps its contract, to the load of its noun.

``files``           a file to a frame to its load, inside `portal.actions.transactions.import_run`
``georeference``    the datum told and settled, geometry brought to WGS 84 and repaired
``words`` ``reject_file``   how what a load reports is said, and written row by row
``sample``          the fictional city, by the same loads

A load, ``load(session, frame, …)`` in its noun's folder (`portal.actions.complaints.complaint_import` and its
like), takes a frame in WGS 84 and does not commit, so that several can share a transaction.
"""
