/// Runs `body` and, after `limit`, cancels its task; its value is waited for in any case.
///
/// `body` must end soon after its cancellation, as an exchange of the transport does.
///
/// - Returns: what `body` gave, and whether the limit passed before it.
func withDeadline<Value: Sendable>(
    _ limit: Duration,
    on time: TimeSource,
    _ body: @escaping @Sendable () async -> Value
) async -> (value: Value, timedOut: Bool) {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await body() }
        // Ends with nil when the time is over, or when the body's end cancels it.
        group.addTask {
            await time.sleep(limit)
            return nil
        }
        var timedOut = false
        while let ended = await group.next() {
            if let value = ended {
                group.cancelAll()
                return (value, timedOut)
            }
            timedOut = !Task.isCancelled
            group.cancelAll()
        }
        preconditionFailure("the body's task always gives a value")
    }
}
