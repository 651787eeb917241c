from kedro.pipeline import node

node(create_partitions, inputs=None, outputs="new_partitioned_dataset")
