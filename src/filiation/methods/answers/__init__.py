"""Examinations of outputs: what two models say, against what independent models say."""
