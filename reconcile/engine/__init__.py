"""The round: the only room that decides in which order things are read, judged and written."""
