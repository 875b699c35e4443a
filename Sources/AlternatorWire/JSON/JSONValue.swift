/// A JSON document as a tree; numbers keep their text.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The text of the number, as it stood.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Members in their order; names are unique (a duplicate is a `JSONError`).
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; `nil` elsewhere.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}
