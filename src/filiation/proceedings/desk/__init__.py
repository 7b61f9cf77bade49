"""Deeds that people do on pages: prepared here, signed with a key that stays with its holder."""
