/// A task that waits to be told that it may go on.
///
/// `CheckedContinuation` costs an allocation and some 400 instructions per wait, which a request would pay each time; so
/// it is used where assertions are, and elsewhere what it checks: `resume` is to be called once for each `wait`.
@safe
struct Waiter: Sendable {
    #if DEBUG
        private typealias Continuation = CheckedContinuation<Void, Never>
    #else
        private typealias Continuation = UnsafeContinuation<Void, Never>
    #endif
    private let continuation: Continuation

    /// Suspends the task until `resume`, which may be called before `body` has returned.
    ///
    /// `onCancel` is called at once when the task is cancelled, or has been before.
    @inline(__always)
    nonisolated(nonsending) static func wait(
        onCancel: @Sendable () -> Void,
        _ body: (Waiter) -> Void
    ) async {
        // `@concurrent` is what the library takes: any other closure would be wrapped, and each layer makes the task look
        // which executor it belongs on, 230 instructions each time.
        await withTaskCancellationHandler(
            operation: { @concurrent in
                #if DEBUG
                    await withCheckedContinuation { body(Waiter(continuation: $0)) }
                #else
                    unsafe await withUnsafeContinuation { unsafe body(Waiter(continuation: $0)) }
                #endif
            },
            onCancel: onCancel
        )
    }

    /// Lets the task go on; once.
    func resume() {
        #if DEBUG
            continuation.resume()
        #else
            unsafe continuation.resume()
        #endif
    }
}
