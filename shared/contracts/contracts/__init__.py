"""The messages that Holdfast's services exchange: one module per owning service, and how a message travels."""
