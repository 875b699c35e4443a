extension AttributeValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// S.
    public init(stringLiteral value: String) { self = .string(value) }
    /// N.
    public init(integerLiteral value: Int) { self = .number(AttributeNumber(value)) }
    /// A literal outside the server's magnitudes stops the program: no input can cause it.
    public init(floatLiteral value: Double) { self = .number(AttributeNumber(floatLiteral: value)) }
    /// BOOL.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// NULL.
    public init(nilLiteral: ()) { self = .null }
    /// L.
    public init(arrayLiteral elements: AttributeValue...) { self = .list(elements) }
    /// A map; of a name given twice the last value stays.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self = .map(Dictionary(elements) { $1 })
    }
}

extension AttributeValue {
    /// An S.
    public init(_ value: String) { self = .string(value) }
    /// An S.
    public init(_ value: Substring) { self = .string(String(value)) }
    /// A BOOL.
    public init(_ value: Bool) { self = .bool(value) }
    /// An N with the text as given.
    public init(_ value: AttributeNumber) { self = .number(value) }
    /// An L.
    public init(_ value: [AttributeValue]) { self = .list(value) }
    /// An M.
    public init(_ value: [String: AttributeValue]) { self = .map(value) }

    /// An N with this number.
    public init(_ value: Int) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: Int8) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: Int16) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: Int32) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: Int64) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: UInt) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: UInt8) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: UInt16) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: UInt32) { self = .number(AttributeNumber(value)) }
    /// An N with this number.
    public init(_ value: UInt64) { self = .number(AttributeNumber(value)) }

    /// An integer of any type as N; `nil` where it has more than 38 significant digits.
    public init?(exactly value: some BinaryInteger) {
        guard let number = AttributeNumber(exactly: value) else { return nil }
        self = .number(number)
    }

    /// An N with the shortest decimal that reads back as the same value; `nil` for what the server has not:
    /// NaN, infinities, magnitudes over 9.9E+125 or below 1E-130.
    public init?(_ value: Double) {
        guard let number = AttributeNumber(value) else { return nil }
        self = .number(number)
    }

    /// An N with the shortest decimal that reads back as the same value; `nil` for NaN and infinities.
    public init?(_ value: Float) {
        guard let number = AttributeNumber(value) else { return nil }
        self = .number(number)
    }

    /// The same where the context takes no `nil`, as in `put(["id": "u1", "score": .init(score)])`.
    ///
    /// Types other than `Float` are taken as the nearest `Double`.
    ///
    /// - Throws: `.mapping` for what the server has not.
    public init(_ value: some BinaryFloatingPoint) throws(AlternatorError) {
        // Without it the dictionary would be one of strings, and the number stored as S.
        guard let number = (value as? Float).map(AttributeNumber.init) ?? AttributeNumber(Double(value)) else {
            throw AlternatorError(
                .mapping,
                message: "\(value) cannot be stored as a number: use a finite value of magnitude 1E-130 to 9.9E+125."
            )
        }
        self = .number(number)
    }
}
