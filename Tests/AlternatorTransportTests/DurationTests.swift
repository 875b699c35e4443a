import Testing

@testable import AlternatorTransport

@Suite struct DurationTests {
    private static let known: [(Duration, Int64)] = [
        (.zero, 0),
        (.nanoseconds(1), 1),
        (.nanoseconds(999_999_999), 999_999_999),
        (.init(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
        (.init(secondsComponent: 0, attosecondsComponent: 1_999_999_999), 1),
        (.seconds(30), 30_000_000_000),
        // Where the short way ends.
        (.seconds(4722), 4_722_000_000_000),
        (.seconds(4723), 4_723_000_000_000),
        (.seconds(600_000), 600_000_000_000_000),
        (.nanoseconds(-1), -1),
        (.milliseconds(-1500), -1_500_000_000),
        (.seconds(9_223_372_036), 9_223_372_036_000_000_000),
        (.seconds(9_223_372_037), .max),
        (.seconds(-9_223_372_037), .min),
    ]

    @Test(arguments: known)
    func `a duration is so many nanoseconds, cut to what there is room for`(duration: Duration, nanoseconds: Int64) {
        #expect(duration.saturatedNanoseconds == nanoseconds)
    }
}
