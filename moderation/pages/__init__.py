"""Every page and card: one environment, one layout, one stylesheet, and the templates.

Others hand over what is told; how it is shown stands here.
"""
