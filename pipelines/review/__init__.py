"""The reviewer's page: a run's queue in the browser, decisions in a file."""
