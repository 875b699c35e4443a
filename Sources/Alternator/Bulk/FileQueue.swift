import AlternatorWire
import Dispatch

/// Runs file work, which blocks, on a thread outside of the concurrency runtime; one piece after the other.
final class FileQueue: Sendable {
    private let queue = DispatchQueue(label: "swift-alternator.files")

    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(AlternatorError) -> Value
    ) async throws(AlternatorError) -> Value {
        let result: Result<Value, AlternatorError> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(AlternatorError) in try work() })
            }
        }
        return try result.get()
    }
}
