"""Scenes: a trade's routine as a file. Codes and limits go to cases, forms and plans to routine work."""
