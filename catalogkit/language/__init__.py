"""Clean texts, encode them, and train and compress the models that read them.

Nothing is imported here: importing this package costs nothing, torch comes with what needs it.
"""
