/// When the node list is refreshed: often while requests come, seldom otherwise, at once when they come again.
package struct RefreshSchedule: Sendable {
    private let active: Duration
    private let idle: Duration
    private var lastActivity: Duration?
    private var isIdle = false
    /// When the next refresh is due; `nil` while one is under way.
    package private(set) var due: Duration?

    /// - Parameters:
    ///   - active: between refreshes while requests come.
    ///   - idle: between refreshes otherwise, and how long after the last request the quiet begins.
    package init(active: Duration, idle: Duration) {
        self.active = active
        self.idle = idle
        due = .zero
    }

    /// Every attempt of every request is activity.
    ///
    /// - Parameter now: the time of the attempt.
    /// - Returns: whether a client that slept for the idle interval must refresh at once.
    package mutating func activity(now: Duration) -> Bool {
        lastActivity = now
        guard isIdle, let due, due > now else { return false }
        isIdle = false
        self.due = now
        return true
    }

    /// A refresh begins, for whatever reason.
    package mutating func began() { due = nil }

    /// A refresh ended, well or not: sets `due`.
    ///
    /// - Parameters:
    ///   - now: the time of the end.
    ///   - jitter: drawn by the caller from `0..<1`; spreads the wait over ± 10 %.
    package mutating func finished(now: Duration, jitter: Double) {
        isIdle = lastActivity.map { now - $0 > idle } ?? true
        due = now + Self.jittered(isIdle ? idle : active, jitter)
    }

    private static func jittered(_ interval: Duration, _ jitter: Double) -> Duration {
        interval + interval / 10 * (2 * min(max(jitter, 0), 1) - 1)
    }
}
