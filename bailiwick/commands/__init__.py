"""The commands of `bailiwick`: one module a command. Nothing heavy is imported before the command that needs it is asked for."""
