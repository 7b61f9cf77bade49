"""How alike are functions and trees of source code?"""
