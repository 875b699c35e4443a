import AlternatorLocal
import AlternatorWire
import Testing

/// A JSON text as a tree.
func json(_ text: String) throws -> JSONValue {
    var reader = JSONReader(Array(text.utf8))
    let tree = try reader.readTree()
    try reader.finish()
    return tree
}

/// An item written as DynamoDB JSON.
func item(_ text: String) throws -> [String: ItemValue] {
    try ServerValue.parseItem(json(text), source: "test")
}

/// What a table of cases expects of a condition.
enum Verdict: Sendable, CustomStringConvertible {
    case holds
    case fails
    /// A ValidationException whose message contains the text.
    case refused(String)

    var description: String {
        switch self {
        case .holds: "holds"
        case .fails: "fails"
        case .refused(let text): "refused: \(text)"
        }
    }

    func check(_ label: String, _ evaluate: () throws(LocalError) -> Bool) {
        switch (self, Result(catching: evaluate)) {
        case (.holds, .success(true)), (.fails, .success(false)): break
        case (.refused(let text), .failure(let error)):
            #expect(error.type == "ValidationException", "\(label)")
            #expect(error.message.contains(text), "\(label): \(error.message)")
        case (_, let result): Issue.record("\(label): expected \(self), got \(result)")
        }
    }
}

/// Expects a refusal of one type with some words in its message.
func expectRefusal(
    _ words: String,
    type: String = "ValidationException",
    _ comment: String = "",
    _ body: () throws -> Void
) {
    let error = #expect(throws: LocalError.self, "\(comment)") { try body() }
    guard let error else { return }
    #expect(error.type == type, "\(comment): \(error.message)")
    #expect(error.message.contains(words), "\(comment): \(error.message)")
}
