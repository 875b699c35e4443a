/// What `eventually` throws.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Lets other tasks run until `condition` holds; for work that goes on in the background.
///
/// It yields at first; the limit of real time is there for a test that would hang.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ condition: () async -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var looks = 0
    while await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened(description: "never happened: \(what)") }
        looks += 1
        // Hundreds of tests run side by side: those that wait for long must not take the others' processors.
        if looks < 200 { await Task.yield() } else { try await ContinuousClock().sleep(for: .milliseconds(1)) }
    }
}
