"""Imports: frames that keep a contract into tables, one transaction for each.

``files``           a user's file to a frame to its load
``run``             the frame of an import: lock, transaction, record, rejects
``georeference``    the datum told and settled, geometry brought to WGS 84 and repaired
``common`` ``words``    what a load reports, and how it is said
``streets`` ``neighbourhoods`` ``communities`` ``firms`` ``contracts`` ``complaints`` ``roads`` ``evidence``
                    ``load(session, frame, …)`` of each subject
``community_rows`` ``community_report`` ``complaint_report``    parts of the two large ones

A load takes a frame in WGS 84 and does not commit, so that several can share a transaction.
"""
