"""Backup and restore of the whole state: the database and the media, in one file."""

from cms.backup.archive import BackupRefused, make_backup, restore_backup

__all__ = ["BackupRefused", "make_backup", "restore_backup"]
