"""Whole screens: they lay widgets out and route; what they show comes from the view."""
