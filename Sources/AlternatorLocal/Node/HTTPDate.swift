import Synchronization

/// The text of the Date header, made once a second.
final class HTTPDate: Sendable {
    private let last = Mutex<(second: Int64, text: String)>((-1, ""))

    /// `Sat, 21 Nov 2026 07:36:00 GMT` for seconds since 1970.
    func text(second: Int64) -> String {
        last.withLock { last in
            if last.second != second { last = (second, Self.format(second)) }
            return last.text
        }
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func format(_ second: Int64) -> String {
        let day = Int(second / 86400)
        let time = Int(second % 86400)
        let date = UTCTime.date(daysSince1970: day)
        let clock = [time / 3600, time / 60 % 60, time % 60].map { UTCTime.pad($0) }.joined(separator: ":")
        return "\(days[day % 7]), \(UTCTime.pad(date.day)) \(months[date.month - 1]) \(date.year) \(clock) GMT"
    }
}
