"""The only code that talks to a model: clients, batteries of questions, the recorder.

endpoint        which model, where, with whose key
clients/        one file per way of asking; one request each, nothing retried
questioner      one question: attempts, refused parameters, waits
recorder        one battery: order, concurrency, ceiling, early stop
journal         the transcript while it is written (`readers.recordings.transcript` reads it)
battery_file    the users' own questions; `named_battery`, `batteries/`: generated ones
"""
