"""A demonstration: a network of clinics to look at (`demo.load`) and one booking step by step (`demo.walkthrough`)."""
