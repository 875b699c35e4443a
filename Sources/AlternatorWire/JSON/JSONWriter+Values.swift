extension JSONWriter {
    /// `{"S":"…"}` and so on.
    ///
    /// Members of maps and elements of sets come in a fixed order, so that equal values give equal bytes:
    /// names and strings by their UTF-8, numbers by value, binaries by their bytes.
    package mutating func attributeValue(_ value: AttributeValue) {
        switch value {
        case .string(let text):
            raw("{\"S\":")
            string(text)
        case .number(let number):
            // A number's text is digits, a point, a sign and an `e`: nothing to escape.
            raw("{\"N\":\"")
            raw(number.description)
            byte(UInt8(ascii: "\""))
        case .binary(let binary):
            raw("{\"B\":")
            base64(binary)
        case .bool(let flag):
            raw(flag ? "{\"BOOL\":true" : "{\"BOOL\":false")
        case .null:
            raw("{\"NULL\":true")
        case .list(let elements):
            raw("{\"L\":")
            array(of: elements) { $0.attributeValue($1) }
        case .map(let members):
            raw("{\"M\":")
            item(members)
        case .stringSet(let strings):
            raw("{\"SS\":")
            array(of: strings.sorted(by: JSONWriter.precedes)) { $0.string($1) }
        case .numberSet(let numbers):
            raw("{\"NS\":")
            array(of: numbers.sorted()) { $0.string($1.description) }
        case .binarySet(let binaries):
            raw("{\"BS\":")
            array(of: binaries.sorted { $0.lexicographicallyPrecedes($1) }) { $0.base64($1) }
        case .float32Vector(let components):
            raw("{\"FLOAT32VECTOR\":")
            array(of: components) { $0.component($1) }
        }
        byte(UInt8(ascii: "}"))
    }

    /// `{"id":{"S":"u1"}}`; members in the order of their names, so that bytes are stable.
    package mutating func item(_ item: [String: AttributeValue]) {
        byte(UInt8(ascii: "{"))
        var isFirst = true
        for name in item.keys.sorted(by: JSONWriter.precedes) {
            guard let value = item[name] else { continue }
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            string(name)
            byte(UInt8(ascii: ":"))
            attributeValue(value)
        }
        byte(UInt8(ascii: "}"))
    }

    /// The order of UTF-8 bytes: the server's, and unlike `<` on `String` free of Unicode normalisation.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// A component of a vector.
    ///
    /// JSON has no NaN and no infinity: `null` makes the server refuse the vector.
    private mutating func component(_ value: Float) {
        if value.isFinite { raw(value.description) } else { null() }
    }
}
