"""The spine: keys, the encrypted backend, ids, changes and versions, objects, jobs, backup."""
