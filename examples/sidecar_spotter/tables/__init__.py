"""What is known of products: images, names, variables, annotations and fields.

A fact that only holds for one product is a line in one of these tables.
"""
