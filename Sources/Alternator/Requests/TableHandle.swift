import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// A table's name with the client that reaches it: what every operation needs, without the model's type.
struct TableHandle: Sendable {
    let name: String
    let resource: AlternatorResource
    var options = RequestOptions()

    var client: AlternatorClient { resource.client }

    /// Sends a finished request; errors carry the operation and the table.
    func send(_ request: EncodedRequest) async throws(AlternatorError) -> EncodedResponse {
        do {
            return try await client.execute(request, options: options)
        } catch {
            throw error.with(operation: request.operation.rawValue, table: name)
        }
    }

    /// Makes a request; errors found on the way carry the operation and the table.
    func make<Made>(
        _ operation: OperationName,
        _ body: () throws(AlternatorError) -> Made
    ) throws(AlternatorError) -> Made {
        do {
            return try body()
        } catch {
            throw error.with(operation: operation.rawValue, table: name)
        }
    }

    /// Reads an answer; broken JSON becomes `.protocolViolation`, and every error carries where it came from.
    func read<Value>(
        _ response: EncodedResponse,
        of operation: OperationName,
        _ body: (inout JSONReader) throws -> Value
    ) throws(AlternatorError) -> Value {
        do {
            var reader = response.reader()
            return try body(&reader)
        } catch let error as AlternatorError {
            throw error.with(
                operation: operation.rawValue,
                table: name,
                node: response.node,
                attempts: response.attempts
            )
        } catch {
            throw AlternatorError(
                .protocolViolation,
                message: "The answer cannot be read: \(error).",
                operation: operation.rawValue,
                table: name,
                node: response.node,
                attempts: response.attempts,
                cause: error
            )
        }
    }

    /// The item under one member of the answer, such as `Item` or `Attributes`; `nil` if there is none.
    func item<Item: Decodable>(
        _ type: Item.Type,
        under member: String,
        of response: EncodedResponse,
        _ operation: OperationName
    ) throws(AlternatorError) -> Item? {
        try read(response, of: operation) { reader in
            var item: Item?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == member {
                    item = try ItemReading.item(type, from: &reader)
                } else {
                    try reader.skipValue()
                }
            }
            return item
        }
    }
}

/// Reads items as models or as attributes.
enum ItemReading {
    static func item<Item: Decodable>(_ type: Item.Type, from reader: inout JSONReader) throws -> Item {
        if type == [String: AttributeValue].self, let item = try reader.readItem() as? Item { return item }
        return try ItemDecoder().decodeItem(type, from: &reader)
    }

    /// The attributes to ask for when reading a partial type; `nil` for all of them.
    ///
    /// Known for types decoded by their own `CodingKeys`. A type that reads more than these (flat compositions) would
    /// miss attributes, so it should be read whole.
    static func projection(of type: any Decodable.Type) -> [String]? {
        guard case .success(let names) = NameResolver.attributeNames(of: type) else { return nil }
        return names.values.sorted()
    }
}
