"""The reviewer's page: a small web application on this machine's own address."""
