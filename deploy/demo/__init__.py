"""A demonstration: a network of clinics to look at (`demo.load`) and one booking told step by step (`demo.tell`)."""
