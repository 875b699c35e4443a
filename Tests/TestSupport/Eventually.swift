/// What `eventually` throws.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Lets other tasks run until `condition` holds; for work that goes on in the background.
///
/// It yields and never sleeps; the limit of real time is there for a test that would hang.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(300),
    _ condition: () async -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened(description: "never happened: \(what)") }
        await Task.yield()
    }
}
