"""The words Holdfast's services say to each other: one module per owning service, and how a message travels."""
