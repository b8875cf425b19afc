"""``pipelines.score`` on Dataflow: submitted from here, or by a Flex Template."""
