"""What stands still between tenants, as Pulumi resources: policies, sync apps, scope."""
