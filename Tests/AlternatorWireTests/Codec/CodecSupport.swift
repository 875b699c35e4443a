import AlternatorWire
import Testing

/// The JSON an item is encoded to.
func itemJSON(_ item: some Encodable, _ encoder: ItemEncoder = ItemEncoder()) throws(AlternatorError) -> String {
    var writer = JSONWriter()
    try encoder.encodeItem(item, into: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// The JSON a value is encoded to.
func valueJSON(_ value: some Encodable, _ encoder: ItemEncoder = ItemEncoder()) throws(AlternatorError) -> String {
    var writer = JSONWriter()
    try encoder.encodeValue(value, into: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// An item read from JSON.
func decoded<T: Decodable>(
    _ type: T.Type,
    _ json: String,
    _ decoder: ItemDecoder = ItemDecoder()
) throws(AlternatorError) -> T {
    var reader = JSONReader(Array(json.utf8))
    return try decoder.decodeItem(type, from: &reader)
}

/// A value read from JSON.
func decodedValue<T: Decodable>(
    _ type: T.Type,
    _ json: String,
    _ decoder: ItemDecoder = ItemDecoder()
) throws(AlternatorError) -> T {
    var reader = JSONReader(Array(json.utf8))
    return try decoder.decodeValue(type, from: &reader)
}

/// The one attribute `a`, for tests of single types.
struct Box<Value> { var a: Value }
extension Box: Encodable where Value: Encodable {}
extension Box: Decodable where Value: Decodable {}
extension Box: Equatable where Value: Equatable {}

/// Expects an error of a code whose message has all the words, and no `secret` in its description.
func expectError<R>(
    _ code: AlternatorError.Code,
    _ words: String...,
    secret: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> R
) {
    let error = #expect(throws: AlternatorError.self, sourceLocation: sourceLocation) { _ = try body() }
    guard let error else { return }
    #expect(error.code == code, sourceLocation: sourceLocation)
    for word in words {
        #expect(error.message.contains(word), "\(error.message)", sourceLocation: sourceLocation)
    }
    if let secret { #expect(!error.description.contains(secret), "\(error)", sourceLocation: sourceLocation) }
}
