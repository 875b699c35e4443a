/// A moment as signatures write it.
package struct SigningTime: Sendable, Hashable {
    /// As in `20150830T123600Z`.
    package let timestamp: String
    /// As in `20150830`.
    package var date: String { String(timestamp.prefix(8)) }

    /// - Parameter seconds: since 1970-01-01 00:00:00 UTC; clamped to the years 1970 to 9999.
    package init(secondsSinceEpoch seconds: Int64) {
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let (year, month, day) = Self.civil(days: seconds / 86_400)
        let time = seconds % 86_400
        timestamp =
            Self.digits(year, 4) + Self.digits(month, 2) + Self.digits(day, 2) + "T" + Self.digits(time / 3600, 2)
            + Self.digits(time / 60 % 60, 2) + Self.digits(time % 60, 2) + "Z"
    }

    /// Year, month and day of the Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years begin in March,
    /// so that the leap day is the last.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
