import AlternatorWire
import FoundationEssentials
import TestSupport
import Testing

struct AttributeNumberTests {
    /// Forms listed as accepted by Alternator's own test suite (test/alternator/test_number.py), with plain text by hand.
    static let accepted: [(text: String, canonical: String)] = [
        ("0", "0"), ("-0", "0"), ("+0", "0"), ("0.000", "0"), ("000", "0"), ("0e126", "0"), ("-0.0e-200", "0"),
        ("3", "3"), ("+3", "3"), ("-3", "-3"), ("0003", "3"), ("0001.23", "1.23"), (".123", "0.123"),
        ("-.5", "-0.5"), ("5.", "5"), ("1.0", "1"), ("100", "100"), ("1e3", "1000"), ("1E+2", "100"),
        ("1e-7", "0.0000001"), ("12.50", "12.5"), ("1200e-2", "12"), ("1.5e1", "15"), ("-1.25e-1", "-0.125"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("1234567890123456789012345678901234567800000", "1234567890123456789012345678901234567800000"),
        ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
        ("1e125", "1" + String(repeating: "0", count: 125)),
        ("9.9e125", "99" + String(repeating: "0", count: 124)),
        ("1e-130", "0." + String(repeating: "0", count: 129) + "1"),
        ("10e-131", "0." + String(repeating: "0", count: 129) + "1"),
        (
            "99999999999999999999999999999999999999e88",
            String(repeating: "9", count: 38) + String(repeating: "0", count: 88)
        ),
    ]

    @Test(arguments: accepted)
    func `every form the server accepts is read and has one plain form`(text: String, canonical: String) throws {
        let number = try #require(AttributeNumber(text))
        #expect(number.description == text)
        #expect(number.canonical == canonical)
        #expect(number.canonicalized.description == canonical)
        #expect(number == number.canonicalized)
        #expect(number.hashValue == number.canonicalized.hashValue)
    }

    @Test(arguments: [
        "", " ", " 1", "1 ", "+", "-", ".", "e", "e5", "1e", "1e+", "1e5.5", "1.2.3", "--1", "+-1", "1-", "NaN", "nan",
        "Infinity", "inf", "-inf", "0x10", "1_000", "1,5", "１", "1e1e1", "1\n", "1\u{0}", "e+5", ".e5",
    ])
    func `anything else is no number`(text: String) {
        #expect(AttributeNumber(text) == nil)
        #expect(throws: AttributeNumber.Problem.notANumber) { try AttributeNumber(checking: text) }
    }

    @Test(arguments: [
        ("1e126", AttributeNumber.Problem.overflow), ("-1e126", .overflow), ("10e125", .overflow), ("1e999", .overflow),
        ("1e99999999999999999999999999", .overflow), ("1e-131", .underflow), ("0.1e-130", .underflow),
        ("1e-99999999999999999999999999", .underflow), ("123456789012345678901234567890123456789", .tooPrecise),
        ("1.00000000000000000000000000000000000001", .tooPrecise),
        (String(repeating: "1", count: 5000), .tooPrecise),
    ])
    func `bounds are those of the server`(text: String, problem: AttributeNumber.Problem) {
        #expect(throws: problem) { try AttributeNumber(checking: text) }
    }

    @Test func `equality, hash and order go by value`() {
        #expect(AttributeNumber("1") == AttributeNumber("1.0"))
        #expect(AttributeNumber("1e0") == AttributeNumber("0.1e1"))
        #expect(AttributeNumber("0") == AttributeNumber("-0.0"))
        #expect(AttributeNumber("1") != AttributeNumber("-1"))
        #expect(Set([1, AttributeNumber("1.00"), AttributeNumber("10e-1"), 2].compactMap(\.self)).count == 2)
    }

    /// From smallest to largest, written by hand.
    static let ascending = [
        "-9.9e125", "-1e125", "-1000", "-999.9", "-100.5", "-100", "-11", "-10", "-9", "-1.1", "-1", "-0.5", "-0.05",
        "-1e-130", "0", "1e-130", "1.5e-130", "0.05", "0.5", "0.55", "1", "1.01", "1.1", "9", "10", "11", "12345",
        "99999",
        "100000", "12345678901234567890123456789012345677", "12345678901234567890123456789012345678", "1e125",
        "9.9e125",
    ]

    @Test func `numbers and their sort bytes have the numeric order`() throws {
        let numbers = try Self.ascending.map { try #require(AttributeNumber($0)) }
        for (left, first) in numbers.enumerated() {
            for (right, second) in numbers.enumerated() {
                #expect((first < second) == (left < right), "\(first) < \(second)")
                #expect(
                    first.sortBytes.lexicographicallyPrecedes(second.sortBytes) == (left < right),
                    "bytes of \(first) and \(second)"
                )
            }
        }
    }

    @Test func `random numbers keep order, equality and sums in agreement with integers`() throws {
        let seed: UInt64 = 42
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let width = Int.random(in: 1...15, using: &random)
            let limit = (0..<width).reduce(1) { product, _ in product * 10 }
            let left = Int.random(in: -limit...limit, using: &random)
            let right = Int.random(in: -limit...limit, using: &random)
            let first = try #require(AttributeNumber("\(left)e-3")),
                second = try #require(AttributeNumber("\(right)e-3"))
            #expect((first < second) == (left < right), "seed \(seed)")
            #expect((first == second) == (left == right), "seed \(seed)")
            #expect(
                first.sortBytes.lexicographicallyPrecedes(second.sortBytes) == (left < right),
                "seed \(seed)"
            )
            #expect(try first.adding(second) == AttributeNumber("\(left + right)e-3"), "seed \(seed)")
            #expect(try first.subtracting(second) == AttributeNumber("\(left - right)e-3"), "seed \(seed)")
        }
    }

    @Test func `no sort bytes are a prefix of others`() throws {
        let all = try Self.ascending.map { try #require(AttributeNumber($0)).sortBytes }
        for first in all {
            for second in all where first != second { #expect(!second.starts(with: first)) }
        }
    }

    @Test(arguments: [
        ("1", "2", "3"), ("0.1", "0.2", "0.3"), ("1", "-1", "0"), ("1e3", "0.001", "1000.001"), ("5", "5", "10"),
        ("99999999999999999999999999999999999999", "1", "1" + String(repeating: "0", count: 38)),
        ("100000000000000000000000000000000000000", "-1", String(repeating: "9", count: 38)),
        ("1e37", "1", "1" + String(repeating: "0", count: 36) + "1"),
        ("0", "1e-130", "0." + String(repeating: "0", count: 129) + "1"),
        ("1e125", "1e125", "2" + String(repeating: "0", count: 125)),
        (
            "200000000000000000000000000000000000000", "-99999999999999999999999999999999999999",
            "100000000000000000000000000000000000001"
        ),
    ])
    func `sums are exact`(left: String, right: String, sum: String) throws {
        let first = try #require(AttributeNumber(left)), second = try #require(AttributeNumber(right))
        guard sum.count < 39 || sum.hasSuffix("0") || sum.hasPrefix("0") else {
            #expect(throws: AlternatorError.self) { try first.adding(second) }
            return
        }
        #expect(try first.adding(second).description == sum)
        #expect(try second.adding(first).description == sum)
    }

    @Test(arguments: [
        ("9.9e125", "1e124"), ("1e38", "1"), ("1e125", "1e-130"), ("12345678901234567890123456789012345678", "0.1"),
        ("99999999999999999999999999999999999999", "2"), ("4e38", "1"),
    ])
    func `a sum that cannot be stored is an error`(left: String, right: String) throws {
        let first = try #require(AttributeNumber(left)), second = try #require(AttributeNumber(right))
        let error = #expect(throws: AlternatorError.self) { try first.adding(second) }
        #expect(error?.code == .validation)
        #expect(throws: AlternatorError.self) { try first.negated.subtracting(second) }
    }

    @Test func `a difference below the smallest magnitude is an error`() throws {
        let first = try #require(AttributeNumber("1.1e-130")), second = try #require(AttributeNumber("1e-130"))
        #expect(throws: AlternatorError.self) { try first.subtracting(second) }
    }

    @Test func `integers convert exactly or not at all`() throws {
        #expect(Int(exactly: try #require(AttributeNumber("1.0"))) == 1)
        #expect(Int(exactly: try #require(AttributeNumber("1E+2"))) == 100)
        #expect(Int(exactly: try #require(AttributeNumber("+5"))) == 5)
        #expect(Int(exactly: try #require(AttributeNumber("100.000"))) == 100)
        #expect(Int(exactly: try #require(AttributeNumber("1.5"))) == nil)
        #expect(Int64(exactly: try #require(AttributeNumber("9007199254740993"))) == 9_007_199_254_740_993)
        #expect(UInt64(exactly: try #require(AttributeNumber("18446744073709551615"))) == .max)
        #expect(UInt64(exactly: try #require(AttributeNumber("18446744073709551616"))) == nil)
        #expect(UInt8(exactly: try #require(AttributeNumber("-1"))) == nil)
        #expect(Int64(exactly: AttributeNumber(Int64.min)) == .min)
        #expect(Int8(exactly: AttributeNumber(Int8.min)) == .min)
        #expect(Int(exactly: try #require(AttributeNumber("1e125"))) == nil)
        #expect(Int(exactly: try #require(AttributeNumber("-0"))) == 0)
        #expect(
            UInt128(exactly: try #require(AttributeNumber("3e38")))
                == 300_000_000_000_000_000_000_000_000_000_000_000_000
        )
        #expect(UInt128(exactly: try #require(AttributeNumber("4e38"))) == nil)
        #expect(
            Int128(exactly: try #require(AttributeNumber("-1e38")))
                == -100_000_000_000_000_000_000_000_000_000_000_000_000
        )
    }

    @Test func `integers of 128 bits fit up to 38 digits`() {
        #expect(AttributeNumber(exactly: Int128.max) == nil)
        #expect(AttributeNumber(exactly: Int128(Int64.max))?.description == "9223372036854775807")
        #expect(
            AttributeNumber(exactly: UInt128(10) * 10_000_000_000_000_000_000 * 1_000_000_000_000_000_000)?.canonical
                == "1" + String(repeating: "0", count: 38)
        )
    }

    @Test func `binary floating point gives the shortest decimal in plain form`() {
        // A literal inside `AttributeNumber(…)` would be read as a literal of that type.
        func number(_ value: Double) -> AttributeNumber? { AttributeNumber(value) }
        #expect(number(1.0)?.description == "1")
        #expect(number(1e-7)?.description == "0.0000001")
        #expect(number(0.1)?.description == "0.1")
        #expect(AttributeNumber(Float(0.1))?.description == "0.1")
        #expect(number(-0.0)?.description == "0")
        #expect(number(1e22)?.description == "10000000000000000000000")
        #expect(number(9.9e125) != nil)
        #expect(AttributeNumber(Double.nan) == nil)
        #expect(AttributeNumber(-Double.infinity) == nil)
        #expect(number(1e126) == nil)
        #expect(number(1e-131) == nil)
        #expect(AttributeNumber(Float.infinity) == nil)
        #expect(Double(5 as AttributeNumber) == 5)
        #expect(AttributeNumber("+.5e1").map { Double($0) } == 5)
        #expect(AttributeNumber("5.").map { Float($0) } == 5)
    }

    @Test func `decimals convert exactly or not at all`() throws {
        let digits = "12345678901234567890123456789012345678"
        #expect(AttributeNumber(try #require(Decimal(string: digits)))?.description == digits)
        #expect(Decimal(exactly: try #require(AttributeNumber(digits)))?.description == digits)
        #expect(AttributeNumber(Decimal.nan) == nil)
        #expect(AttributeNumber(Decimal(string: "1.500") ?? .nan)?.description == "1.5")
        #expect(Decimal(exactly: try #require(AttributeNumber("1e-130"))) == nil)
        #expect(Decimal(exactly: try #require(AttributeNumber("1e125")))?.description.count == 126)
        #expect(Decimal(exactly: try #require(AttributeNumber("-0"))) == 0)
    }
}
