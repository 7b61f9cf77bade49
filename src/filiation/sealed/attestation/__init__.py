"""Attestation documents of confidential machines, parsed and checked against roots that are given.

Whoever reads a report hands over both document and roots: every byte of either is hostile.
"""
