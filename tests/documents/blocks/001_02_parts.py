parts_df = parts.load()
