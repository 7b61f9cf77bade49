"""The only code that talks to a model: clients, batteries of questions, the recorder."""
