"""Writings: mail, chats, and files of words, as parties put them in. All of it is hostile."""
