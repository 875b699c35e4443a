import FoundationEssentials

/// Dates as numbers and as text.
enum DateText {
    /// Seconds from 1970 to the reference date of `Date`, the first of January 2001.
    private static let referenceOffset = AttributeNumber(978_307_200)

    /// Seconds since 1970 in canonical form; `nil` where the date is not finite.
    ///
    /// A `Date` counts from 2001 and so has finer steps than a `Double` since 1970. The short text is used where it
    /// comes back as the same date (all that was made from seconds since 1970), else one with more digits.
    static func epochSeconds(_ date: Date) -> AttributeNumber? {
        guard let short = AttributeNumber(date.timeIntervalSince1970) else { return nil }
        if DateText.date(epochSeconds: short) == date { return short }
        guard let sinceReference = AttributeNumber(date.timeIntervalSinceReferenceDate),
            let exact = try? sinceReference.adding(referenceOffset)
        else { return short }
        // The sum can look like a short text (978307200.1); a digit below the date's own step sets it apart.
        let step = stepDigit(of: date.timeIntervalSinceReferenceDate)
        let candidates = [exact, try? exact.adding(step), try? exact.subtracting(step)].compactMap(\.self)
        return candidates.first { DateText.date(epochSeconds: $0) == date } ?? short
    }

    /// A power of ten between a tenth and a hundredth of the distance to the next `Double`.
    private static func stepDigit(of seconds: Double) -> AttributeNumber {
        var power = 1.0
        var exponent = 0
        while power > seconds.ulp, exponent > -120 {
            power /= 10
            exponent -= 1
        }
        return AttributeNumber("1e\(exponent - 1)") ?? 0
    }

    /// The date a number of seconds since 1970 stands for.
    static func date(epochSeconds number: AttributeNumber) -> Date {
        let seconds = Double(number)
        // Text with more digits than a `Double` since 1970 can hold is the exact form of `epochSeconds`.
        if AttributeNumber(seconds) != number, let sinceReference = try? number.subtracting(referenceOffset) {
            return Date(timeIntervalSinceReferenceDate: Double(sinceReference))
        }
        return Date(timeIntervalSince1970: seconds)
    }

    /// `2026-01-31T23:59:59.123Z`; `nil` outside the years 0 to 9999.
    static func iso8601(_ date: Date) -> String? {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        guard let total = Int64(exactly: milliseconds) else { return nil }
        let (days, withinDay) = floorDivide(total, by: 86_400_000)
        let (year, month, day) = civil(fromDays: days)
        guard (0...9999).contains(year) else { return nil }
        let (hours, afterHours) = floorDivide(withinDay, by: 3_600_000)
        let (minutes, afterMinutes) = floorDivide(afterHours, by: 60_000)
        let (seconds, millis) = floorDivide(afterMinutes, by: 1000)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(hours, 2)):\(padded(minutes, 2)):\(padded(seconds, 2)).\(padded(millis, 3))Z"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction, and `Z` or `±HH:MM`; `nil` for anything else.
    static func date(iso8601 text: String) -> Date? {
        var scan = DateScan(Array(text.utf8))
        guard let year = scan.digits(4), scan.take("-"), let month = scan.digits(2), scan.take("-"),
            let day = scan.digits(2), scan.take("T") || scan.take("t") || scan.take(" "), let hour = scan.digits(2),
            scan.take(":"), let minute = scan.digits(2), scan.take(":"), let second = scan.digits(2),
            (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        guard let fraction = scan.fraction(), let offset = scan.zone(), scan.isAtEnd else { return nil }
        let days = days(year: year, month: month, day: day)
        let whole = days * 86400 + hour * 3600 + minute * 60 + second - offset
        // One division of whole numbers, so that a date written with three digits is the one rounded to them.
        return Date(timeIntervalSince1970: (Double(whole) * fraction.scale + fraction.digits) / fraction.scale)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let remainder = value % divisor
        return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
    }

    // MARK: Gregorian calendar

    /// Days from 1970 to a date.
    ///
    /// Years are counted from March, so that the leap day comes last, in cycles of 400 years.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let cycle = Int(floorDivide(Int64(marchYear), by: 400).0)
        let yearOfCycle = marchYear - cycle * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (cycle, dayOfCycle) = floorDivide(days + 719_468, by: 146_097)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A cursor over the text of a date.
private struct DateScan {
    private let text: [UInt8]
    private var offset = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { offset == text.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < text.count, UInt32(text[offset]) == character.value else { return false }
        offset += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard text.count - offset >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            let digit = text[offset] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
            offset += 1
        }
        return value
    }

    /// Digits after a point or comma as a fraction of `scale`; none without one, at most nine.
    mutating func fraction() -> (digits: Double, scale: Double)? {
        guard take(".") || take(",") else { return (0, 1) }
        var value = 0.0
        var scale = 1.0
        while scale < 1e9, let digit = digits(1) {
            value = value * 10 + Double(digit)
            scale *= 10
        }
        return scale > 1 ? (value, scale) : nil
    }

    /// Seconds east of UTC.
    mutating func zone() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isWest: Bool
        if take("+") {
            isWest = false
        } else if take("-") {
            isWest = true
        } else {
            return nil
        }
        guard let hours = digits(2), hours < 24 else { return nil }
        _ = take(":")
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
