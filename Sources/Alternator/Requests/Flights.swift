import AlternatorWire

/// Work being done by tasks of their own, whose results are taken as they arrive.
///
/// Not Sendable: it belongs to one iterator. Dropping it cancels what is under way.
final class Flights<Key: Hashable & Sendable, Value: Sendable> {
    typealias Arrival = (key: Key, result: Result<Value, AlternatorError>)

    private let continuation: AsyncStream<Arrival>.Continuation
    private var iterator: AsyncStream<Arrival>.AsyncIterator
    private var tasks: [Key: Task<Void, Never>] = [:]

    init() {
        let (results, continuation) = AsyncStream<Arrival>.makeStream()
        self.continuation = continuation
        iterator = results.makeAsyncIterator()
    }

    deinit { for task in tasks.values { task.cancel() } }

    var isEmpty: Bool { tasks.isEmpty }
    var count: Int { tasks.count }
    func contains(_ key: Key) -> Bool { tasks[key] != nil }

    /// Begins some work; one with that key must not be under way.
    func launch(_ key: Key, _ work: @escaping @Sendable () async throws(AlternatorError) -> Value) {
        tasks[key] = Task { [continuation] in
            do throws(AlternatorError) {
                continuation.yield((key, .success(try await work())))
            } catch {
                continuation.yield((key, .failure(error)))
            }
        }
    }

    /// The first result to arrive; `nil` if the caller's task was cancelled.
    func next() async -> Arrival? {
        guard let arrived = await iterator.next(isolation: #isolation) else { return nil }
        tasks[arrived.key] = nil
        return arrived
    }
}
