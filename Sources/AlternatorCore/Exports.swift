/// What the configuration is written with: scopes, balancing, affinity, health, retries.
@_exported public import AlternatorRouting
