"""The whole path in one call: a scenario in; runs, outlook, goals and a folder of files out."""
