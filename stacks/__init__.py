"""What stands still, as Pulumi resources: policies, sync apps and their scope."""
