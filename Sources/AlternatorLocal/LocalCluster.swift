/// A cluster of Alternator nodes in this process, on 127.0.0.1, 127.0.0.2, …, sharing one store.
public final class LocalCluster: Sendable {
}
