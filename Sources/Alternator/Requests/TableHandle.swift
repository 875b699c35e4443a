import AlternatorCore
import AlternatorRouting
import AlternatorWire
import FoundationEssentials

/// A table's name with the client that reaches it: what every operation needs, without the model's type.
struct TableHandle: Sendable {
    let name: String
    let resource: AlternatorResource
    var options: RequestOptions
    /// The clock of timestamps and expiry.
    var now: @Sendable () -> Date

    init(name: String, resource: AlternatorResource, options: RequestOptions = RequestOptions()) {
        self.name = name
        self.resource = resource
        self.options = options
        now = resource.now
    }

    var client: AlternatorClient { resource.client }

    /// Sends a finished request; errors carry the operation and the table.
    func send(_ request: EncodedRequest) async throws(AlternatorError) -> EncodedResponse {
        try await client.core.execute(request, options: options)
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
        } catch {
            throw unreadable(response, of: operation, error)
        }
    }

    private func unreadable(
        _ response: EncodedResponse,
        of operation: OperationName,
        _ error: any Error
    ) -> AlternatorError {
        if let error = error as? AlternatorError {
            return error.with(
                operation: operation.rawValue,
                table: name,
                node: response.node,
                attempts: response.attempts
            )
        }
        return AlternatorError(
            .protocolViolation,
            message: "The answer cannot be read: \(error).",
            operation: operation.rawValue,
            table: name,
            node: response.node,
            attempts: response.attempts,
            cause: error
        )
    }

    /// The item under one member of the answer, such as `Item` or `Attributes`; `nil` if there is none.
    func item<Item: Decodable>(
        _ type: Item.Type,
        under member: String,
        of response: EncodedResponse,
        _ operation: OperationName
    ) throws(AlternatorError) -> Item? {
        do {
            var reader = response.reader()
            guard try reader.seek(member) else { return nil }
            // Most types are read as they are stored: to make an `ItemReading` of one, and to look that type up, costs as
            // much as three attributes.
            let item =
                PlainTypes.contains(type) && type != [String: AttributeValue].self
                ? try ItemDecoder().decodeItem(type, by: AnyFastType.of(type), from: &reader)
                : try ItemReading<Item>().item(from: &reader)
            try reader.skipRest()
            // Moved: a copy would retain all its fields.
            return consume item
        } catch {
            throw unreadable(response, of: operation, error)
        }
    }
}

extension JSONReader {
    /// Enters the object and goes to the value of one member; `false`, at the object's end, if it has none.
    fileprivate mutating func seek(_ member: String) throws(JSONError) -> Bool {
        // As nearly all answers begin.
        if enter(at: member) { return true }
        try beginObject()
        while let key = try nextKey() {
            if key == member { return true }
            try skipValue()
        }
        return false
    }

    /// Goes to the end of the object.
    fileprivate mutating func skipRest() throws(JSONError) {
        while try nextKey() != nil { try skipValue() }
    }
}
