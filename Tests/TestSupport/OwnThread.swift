import Dispatch
package import Testing

/// A test that computes for long runs on a thread of its own.
///
/// All others share as many threads as there are processors: one that computes for a second makes each of them wait for
/// a second, and time limits of clients end meanwhile.
package struct OwnThread: TestTrait, SuiteTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite is no work of its own.
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(ThreadExecutor()) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// See `OwnThread`.
    package static var ownThread: Self { OwnThread() }
}

/// Runs one job after the other on a thread that nobody else uses meanwhile.
private final class ThreadExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "test that computes")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
