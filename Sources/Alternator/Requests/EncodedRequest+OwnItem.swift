import AlternatorCore
import AlternatorWire

extension EncodedRequest {
    /// A put that only its own success can make fail when it is sent again: an insert, or a save of a version.
    ///
    /// The client may then repeat it after a lost answer. At most one of the attempts can have written, because each needs
    /// the item to be absent or of the old version; if a later one is refused and the stored item equals this one, the
    /// call has written it. An equal item of another writer cannot be told apart.
    func recognizingOwnItem() -> EncodedRequest {
        var request = self
        let body = body
        request.isOwnItem = { existing in Self.item(inPut: body) == existing }
        return request
    }

    /// The item that a PutItem writes.
    var writtenItem: [String: AttributeValue]? { Self.item(inPut: body) }

    /// The item in the body of a PutItem.
    private static func item(inPut body: [UInt8]) -> [String: AttributeValue]? {
        do {
            var reader = JSONReader(body)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "Item" { return try reader.readItem() }
                try reader.skipValue()
            }
        } catch {
            // A body that cannot be read again equals nothing, so the outcome stays unknown.
        }
        return nil
    }
}
