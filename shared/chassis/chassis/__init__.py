"""What Holdfast's services share: each message sent and handled once; without any term of the domain."""
