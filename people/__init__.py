"""People: private logins, organisations and their sites, memberships and employments, tenancy and permissions.

Also the machinery that upper apps fill through registries: the outbox, the audit log, the reader of workbooks.
Leaves to others what a person must learn.
"""
