"""Folders, archives and packages in which models lie: walked and unpacked within bounds."""
