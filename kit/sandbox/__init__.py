"""Everything of the kit that lies beside a submission: the wire, the worker, and the launcher that shuts it in.

Nothing here imports another room of the kit, so that nothing else need be within a submission's reach.
"""
