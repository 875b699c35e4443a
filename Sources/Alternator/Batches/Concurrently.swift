import AlternatorWire

/// Runs an operation over many inputs, at most `limit` at once, and returns the outputs in the order of the inputs.
///
/// The first failure ends it: what runs is cancelled, and that failure is thrown.
func concurrently<Input: Sendable, Output: Sendable>(
    _ inputs: [Input],
    limit: Int,
    _ operation: @escaping @Sendable (Input) async throws(AlternatorError) -> Output
) async throws(AlternatorError) -> [Output] {
    if inputs.count == 1 { return [try await operation(inputs[0])] }
    let results = await concurrentResults(inputs, limit: limit, stopsAtFailure: true, operation)
    var outputs: [Output] = []
    outputs.reserveCapacity(inputs.count)
    for result in results {
        // Those behind a failure were not begun, and those beside it were cancelled: the cause comes first.
        if case .failure(let error)? = result, error.code != .cancelled || Task.isCancelled { throw error }
    }
    for result in results {
        guard let result else { throw AlternatorError(.cancelled, message: "The task was cancelled.") }
        outputs.append(try result.get())
    }
    return outputs
}

/// The same with one result per input; `nil` for inputs that were not begun.
func concurrentResults<Input: Sendable, Output: Sendable>(
    _ inputs: [Input],
    limit: Int,
    stopsAtFailure: Bool,
    _ operation: @escaping @Sendable (Input) async throws(AlternatorError) -> Output
) async -> [Result<Output, AlternatorError>?] {
    var results = [Result<Output, AlternatorError>?](repeating: nil, count: inputs.count)
    await withTaskGroup(of: (Int, Result<Output, AlternatorError>).self) { group in
        var begun = 0
        var isStopped = false
        func begin() {
            guard begun < inputs.count, !isStopped else { return }
            let index = begun
            let input = inputs[index]
            begun += 1
            group.addTask {
                do throws(AlternatorError) {
                    return (index, .success(try await operation(input)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        for _ in 0..<max(limit, 1) { begin() }
        while let (index, result) = await group.next() {
            results[index] = result
            if stopsAtFailure, case .failure = result {
                isStopped = true
                group.cancelAll()
            }
            begin()
        }
    }
    return results
}
